#!/bin/sh
# Run by the image before nginx starts: without a certificate in the mounted folder, make one that
# signs itself, so that port 443 answers at once. Browsers will warn until a real one is mounted.
set -eu
folder="${TLS_FOLDER:-/etc/nginx/tls}"
name="${AGELENS_HOSTNAME:-localhost}"

if [ -s "$folder/fullchain.pem" ] && [ -s "$folder/privkey.pem" ]; then
    exit 0
fi
if [ -s "$folder/fullchain.pem" ] || [ -s "$folder/privkey.pem" ]; then
    echo "certificate.sh: $folder needs both fullchain.pem and privkey.pem" >&2
    exit 1
fi
mkdir -p "$folder"
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 397 \
    -subj "/CN=$name" -addext "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" \
    -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
echo "certificate.sh: made a self-signed certificate for $name in $folder"
