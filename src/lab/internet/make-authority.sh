# Makes the root of a lab's authority and the certificate of its servers. Arguments: an empty folder, the
# lab's name, and the servers' names.
set -eu
cd "$1"
lab=$2
shift 2
umask 077
cat >openssl.cnf <<END
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
subjectAltName = $(printf 'DNS:%s, ' "$@")DNS:localhost
END
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
new() { openssl req -config openssl.cnf $key -days 90 "$@" 2>&1; }
new -x509 -extensions root -subj "/CN=Bridgehead lab $lab" -keyout root.key -out root.pem
new -subj '/CN=servers of the lab' -keyout server.key -out server.csr
openssl x509 -req -days 90 -in server.csr -CA root.pem -CAkey root.key -CAcreateserial \
  -out server.pem -extfile openssl.cnf -extensions server 2>&1
cat server.key server.pem >server-both.pem
