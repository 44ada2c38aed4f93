"""The web app. It talks to the API over HTTP only, through agelens.client."""
