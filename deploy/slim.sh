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
# Arrow's network protocol; frames and Parquet do without.
rm -f pyarrow/libarrow_flight.so* pyarrow/libarrow_python_flight.so* pyarrow/_flight.*.so
# An editor for OpenAPI documents; /docs only shows one.
rm -f swagger_ui/static/swagger-editor*

# What was deleted was not needed by what is left.
"$1/bin/python" -c 'import numpy, pandas, pyarrow.dataset, pyarrow.parquet, swagger_ui'
