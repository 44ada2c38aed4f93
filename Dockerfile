# syntax=docker/dockerfile:1

FROM python:3.12-slim AS source
WORKDIR /src
RUN python -m venv /opt/agelens
ENV PATH=/opt/agelens/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/pip-cache
COPY constraints.txt ./
RUN --mount=type=cache,target=/pip-cache pip install -c constraints.txt setuptools
COPY pyproject.toml setup.cfg README.md ./
COPY platform platform
COPY dash_app dash_app
COPY model_training model_training

FROM source AS build
RUN --mount=type=cache,target=/pip-cache \
    pip install -c constraints.txt --no-build-isolation '.[server,s3,retrain,web]'

FROM source AS build-jupyter
RUN --mount=type=cache,target=/pip-cache \
    pip install -c constraints.txt --no-build-isolation '.[lab]'

# One image for every command: agelens api | worker | scheduler | dash | migrate | ...
FROM python:3.12-slim AS app
# LightGBM, which the trainer compares with, needs the OpenMP runtime; the slim image lacks it.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --home-dir /var/lib/agelens --shell /usr/sbin/nologin agelens \
    && install --directory --owner agelens --group agelens /var/lib/agelens-storage
COPY --from=build /opt/agelens /opt/agelens
COPY notebooks /opt/agelens-notebooks
ENV PATH=/opt/agelens/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AGELENS_HOME=/var/lib/agelens \
    AGELENS_NOTEBOOKS=/opt/agelens-notebooks \
    AGELENS_API_HOST=0.0.0.0 \
    AGELENS_WEB_HOST=0.0.0.0
WORKDIR /var/lib/agelens
USER agelens
EXPOSE 8000 8050
# For the api; docker-compose.yml has another for dash and none for commands that serve no HTTP.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["agelens", "api"]

# JupyterLab with the notebooks and the client: agelens lab. No server, and no way to the databases.
FROM python:3.12-slim AS jupyter
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --home-dir /var/lib/agelens --shell /bin/bash agelens
COPY --from=build-jupyter /opt/agelens /opt/agelens
COPY --chown=agelens:agelens notebooks /var/lib/agelens/notebooks
ENV PATH=/opt/agelens/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AGELENS_HOME=/var/lib/agelens/.agelens \
    AGELENS_NOTEBOOKS=/var/lib/agelens/notebooks
WORKDIR /var/lib/agelens
USER agelens
EXPOSE 8888
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["agelens", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888"]

FROM nginx:1.28-alpine AS web-proxy
RUN apk add --no-cache openssl
COPY deploy/nginx/nginx.conf /etc/nginx/nginx.conf
COPY deploy/nginx/to_api.conf deploy/nginx/to_web.conf deploy/nginx/proxied.conf \
    deploy/nginx/problems.conf deploy/nginx/away.html /etc/nginx/agelens/
COPY --chmod=755 deploy/nginx/certificate.sh /docker-entrypoint.d/15-certificate.sh
EXPOSE 80 443
