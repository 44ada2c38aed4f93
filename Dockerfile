# syntax=docker/dockerfile:1

# Targets: app (API, web app, workers, scheduler), trainer, jupyter, test, web-proxy. docker-compose.yml
# says which service is which; docs/operations.md has their sizes and what was built how.
# HEALTHCHECK belongs to the docker format: buildah needs --format docker, or drops it.
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS base
RUN useradd --uid 10001 --create-home --home-dir /var/lib/agelens --shell /bin/bash agelens \
    && install --directory --owner agelens --group agelens /var/lib/agelens-storage
ENV PATH=/opt/agelens/bin:$PATH \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/agelens

FROM ${PYTHON_IMAGE} AS wheel
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/pip-cache
COPY requirements-build.lock ./
RUN --mount=type=cache,target=/pip-cache pip install --require-hashes -r requirements-build.lock
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY platform platform
COPY dash_app dash_app
COPY model_training model_training
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

# The virtual environments are filled from outside, so that no pip comes into the images.
FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/agelens
ENV PIP_PYTHON=/opt/agelens/bin/python PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/pip-cache

# Clocks that are scikit-learn pipelines need requirements-trainer.lock.
FROM build AS build-app
ARG APP_LOCK=requirements-app.lock
COPY ${APP_LOCK} ./
RUN --mount=type=cache,target=/pip-cache pip install --require-hashes -r ${APP_LOCK}
COPY deploy/slim.sh ./
RUN sh slim.sh /opt/agelens
COPY --from=wheel /wheels /wheels
RUN pip install --no-deps /wheels/*.whl

# agelens api | dash | worker | scheduler | migrate | ...; nothing that trains.
FROM base AS app
COPY --from=build-app /opt/agelens /opt/agelens
ENV AGELENS_HOME=/var/lib/agelens \
    AGELENS_API_HOST=0.0.0.0 \
    AGELENS_WEB_HOST=0.0.0.0
USER agelens
EXPOSE 8000 8050
# For the api; docker-compose.yml has another for dash and none for commands that serve no HTTP.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["agelens", "api"]

# What the notebooks' LightGBM needs beside its wheel: the OpenMP runtime, which the slim image lacks.
FROM base AS base-training
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

FROM build AS build-trainer
COPY requirements-trainer.lock ./
RUN --mount=type=cache,target=/pip-cache pip install --require-hashes -r requirements-trainer.lock
COPY deploy/slim.sh ./
RUN sh slim.sh /opt/agelens
COPY --from=wheel /wheels /wheels
RUN pip install --no-deps /wheels/*.whl

# agelens worker training, agelens train; all that the app has, with the notebooks and their libraries.
FROM base-training AS trainer
COPY --from=build-trainer /opt/agelens /opt/agelens
COPY notebooks /opt/agelens-notebooks
ENV AGELENS_HOME=/var/lib/agelens \
    AGELENS_NOTEBOOKS=/opt/agelens-notebooks
USER agelens
CMD ["agelens", "worker", "training"]

FROM build AS build-jupyter
COPY constraints.txt ./
COPY --from=wheel /wheels /wheels
RUN --mount=type=cache,target=/pip-cache \
    pip install -c constraints.txt "$(echo /wheels/*.whl)[lab]"

# JupyterLab with the notebooks and the client: agelens lab. No server, and no way to the databases.
FROM base-training AS jupyter
COPY --from=build-jupyter /opt/agelens /opt/agelens
COPY --chown=agelens:agelens notebooks /var/lib/agelens/notebooks
ENV AGELENS_HOME=/var/lib/agelens/.agelens \
    AGELENS_NOTEBOOKS=/var/lib/agelens/notebooks
USER agelens
EXPOSE 8888
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["agelens", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888"]

# As in a checkout: the tests read and start what lies in the folder.
FROM build AS build-test
WORKDIR /var/lib/agelens/source
COPY constraints.txt pyproject.toml setup.cfg README.md LICENSE ./
COPY platform platform
COPY dash_app dash_app
COPY model_training model_training
RUN --mount=type=cache,target=/pip-cache pip install -c constraints.txt setuptools \
    && pip install -c constraints.txt --no-build-isolation -e '.[test]'

# The tests that need no browser, in an image like the others, against the stack's servers.
FROM base-training AS test
RUN apt-get update && apt-get install -y --no-install-recommends curl git make nginx-light openssl \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-test /opt/agelens /opt/agelens
RUN install --directory --owner agelens --group agelens /var/lib/agelens/source
WORKDIR /var/lib/agelens/source
COPY --chown=agelens:agelens . .
USER agelens
CMD ["sh", "deploy/tests.sh"]

FROM nginx:1.28-alpine AS web-proxy
RUN apk add --no-cache openssl
COPY deploy/nginx/nginx.conf /etc/nginx/nginx.conf
COPY deploy/nginx/to_api.conf deploy/nginx/to_web.conf deploy/nginx/proxied.conf \
    deploy/nginx/problems.conf deploy/nginx/away.html /etc/nginx/agelens/
COPY --chmod=755 deploy/nginx/certificate.sh /docker-entrypoint.d/15-certificate.sh
EXPOSE 80 443
