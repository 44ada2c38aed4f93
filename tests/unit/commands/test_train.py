from agelens.commands.train import run


def test_a_clock_that_cannot_be_trained_is_said_so(tmp_path, capsys):
    assert run("horoscope", tmp_path / "data.csv", tmp_path / "out") == 2
    assert 'no training for "horoscope"' in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_so_and_nothing_is_written(tmp_path, capsys):
    assert run("kaggle", tmp_path / "data.csv", tmp_path / "out") == 1
    assert "there is no file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
