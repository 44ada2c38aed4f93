#!/bin/sh
# Delete what no process of AgeLens reads from a virtual environment: slim.sh FOLDER.
# docs/operations.md has what each part weighs.
set -eu
cd "$1"/lib/python*/site-packages

# The test suites of the large packages.
for package in lightgbm numpy pandas pyarrow scipy shap sklearn; do
    if [ -d "$package" ]; then
        find "$package" -type d -name tests -prune -exec rm -rf {} +
    fi
done
# Headers to compile against.
rm -rf pyarrow/include numpy/_core/include
# Arrow's network protocol, and its own way to S3: frames and Parquet do without, and s3fs is ours.
rm -f pyarrow/libarrow_flight.so* pyarrow/libarrow_python_flight.so* pyarrow/_flight.*.so \
    pyarrow/libarrow_s3.so* pyarrow/_s3fs.*.so
# Copies of Arrow's libraries under the names that compilers look for, and Plotly's part for JupyterLab.
rm -f pyarrow/libarrow_python*.so pyarrow/libarrow_python*.so.*.*.*
rm -rf plotly/labextension
# What describes the services of Amazon, but for S3 and those that hand out credentials for it.
if [ -d botocore/data ]; then
    find botocore/data -mindepth 1 -maxdepth 1 -type d \
        ! -name s3 ! -name sts ! -name sso ! -name sso-oidc ! -name signin -exec rm -rf {} +
fi
# What debugging Dash in a browser takes: maps from minified scripts to their sources, a readable renderer.
find dash -name '*.map' -delete
rm -f dash/dash-renderer/build/dash_renderer.dev.js
# An editor for OpenAPI documents; /docs only shows one.
rm -f swagger_ui/static/swagger-editor*

# What was deleted was not needed by what is left.
"$1/bin/python" -c 'import numpy, pandas, pyarrow.dataset, pyarrow.parquet, swagger_ui'
