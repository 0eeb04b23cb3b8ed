# `docker build -t bridgehead .` makes the image of the command line: docs/docker.md.
ARG NODE_IMAGE=node:22.23.3-trixie-slim@sha256:b26b04c123d9ff8ab646ceb18b9d75a1173acf64b9a401094b906d27b29338d4
ARG DEBIAN_IMAGE=debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f
# Not pinned: a machine to rehearse on is to be as a new server is.
ARG MACHINE_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS node

# Debian 12 as a plain server has it. `--target machine` boots with systemd and sshd; `--target lab` holds the labs of
# `bridgehead lab --driver docker`: docs/lab.md.
FROM ${MACHINE_IMAGE} AS debian
ARG MIRROR
RUN rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-* \
  && if [ -n "$MIRROR" ]; then \
    rm -f /etc/apt/sources.list.d/* && echo "deb $MIRROR bookworm main" >/etc/apt/sources.list; \
  fi

FROM debian AS machine
# The day of the package lists, which stay in the image, so that installing needs no update first.
ARG PACKAGES_OF
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    ca-certificates dbus iproute2 iputils-ping kmod openssh-server procps sudo systemd systemd-sysv \
  && rm -f /etc/ssh/ssh_host_* /var/cache/apt/archives/*.deb
STOPSIGNAL SIGRTMIN+3
EXPOSE 22
CMD ["sh", "-c", "ssh-keygen -A && exec /sbin/init"]

FROM debian AS client
ARG PACKAGES_OF
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    ca-certificates curl dbus iproute2 iputils-ping kmod nftables openresolv procps systemd systemd-sysv \
    wireguard-go wireguard-tools \
  && rm -f /var/cache/apt/archives/*.deb

FROM machine AS lab
RUN DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    curl libstdc++6 mmdebstrap netbase nftables openssl pebble perl socat systemd-container tinyproxy-bin \
  && rm -f /var/cache/apt/archives/*.deb
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=machine / /usr/lib/bridgehead/machines/bookworm
COPY --from=client / /usr/lib/bridgehead/machines/client
ENV BRIDGEHEAD_LAB_MACHINES=/usr/lib/bridgehead/machines

FROM ${DEBIAN_IMAGE} AS machine-trixie
ARG MIRROR
ARG PACKAGES_OF
RUN rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-* \
  && if [ -n "$MIRROR" ]; then \
    rm -f /etc/apt/sources.list.d/* && echo "deb $MIRROR trixie main" >/etc/apt/sources.list; \
  fi \
  && apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    ca-certificates dbus iproute2 iputils-ping kmod openssh-server procps sudo systemd systemd-sysv \
  && rm -f /etc/ssh/ssh_host_* /var/cache/apt/archives/*.deb

FROM lab AS lab-trixie
COPY --from=machine-trixie / /usr/lib/bridgehead/machines/trixie

FROM node AS build
# The build runs commands that ask ssh, to keep what V8 has compiled for them.
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openssh-client
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The image has what the package has, and V8's code cache, which it couldn't write itself.
RUN node scripts/build.js \
  && npm pack --ignore-scripts --pack-destination /tmp \
  && mkdir -p /image/opt/bridgehead /image/usr/local/bin /image/etc/ssh/ssh_config.d \
  && tar -C /image/opt/bridgehead --strip-components=1 --no-same-owner -xzf /tmp/bridgehead-*.tgz \
  && cp dist/cli/*.cache /image/opt/bridgehead/dist/cli/ \
  && chmod -R a+rX,go-w /image/opt/bridgehead \
  && ln -s ../../../opt/bridgehead/bin/bridgehead.js /image/usr/local/bin/bridgehead \
  && install -m 755 docker/entrypoint.sh /image/usr/local/bin/bridgehead-image \
  && install -m 644 docker/ssh_config /image/etc/ssh/ssh_config.d/bridgehead.conf

FROM ${DEBIAN_IMAGE} AS bridgehead
# libnss-unknown gives a user id that no passwd entry has a name, without which ssh won't start; root is who runs a rootless
# Docker. With a machine id, the locks on the nodes would take all containers for one machine.
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    age libnss-unknown libstdc++6 openssh-client tini \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/* /etc/machine-id \
  && sed -i 's#:/root:#:/home/bridgehead:#' /etc/passwd \
  && install -d -m 755 /network /home/bridgehead /home/bridgehead/.ssh
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /image/ /
ENV HOME=/home/bridgehead NSS_UNKNOWN_HOME=/home/bridgehead XDG_STATE_HOME=/network/.state
WORKDIR /network
USER 1000:1000
RUN bridgehead --version && bridgehead validate -i /opt/bridgehead/inventory/home-mesh.yaml
ENTRYPOINT ["tini", "--", "bridgehead-image"]
LABEL org.opencontainers.image.title=bridgehead \
  org.opencontainers.image.description="From an inventory of VPS and home machines to a proven WireGuard network, over plain SSH" \
  org.opencontainers.image.licenses=MIT
