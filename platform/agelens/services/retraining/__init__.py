"""Retrainings: requested (`requests`), run (`runs`), repeated (`schedules`)."""
