"""The WSGI server of the API and the web app: gunicorn's processes, each with waitress' event loop."""
