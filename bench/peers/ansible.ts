import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Contender } from '../contender.js';
import { meshConfig, SYSCTL_FILE, template } from './mesh-config.js';

const name = (delayed: boolean, moved: boolean): string =>
  `ansible-${delayed ? 'delayed-' : ''}${moved ? 'moved' : 'plain'}.json`;

/** Hosts with everything that the template needs but the public keys. */
async function hosts(bench: Bench, moved: boolean): Promise<object> {
  const peers = await meshConfig(bench.folder, bench.nodes.length, moved);
  const entries = bench.nodes.map((node, index) => {
    const { host, port } = bench.dial(index);
    return [
      node.name,
      {
        ansible_host: host,
        ansible_port: port,
        ansible_user: 'root',
        ansible_python_interpreter: '/usr/bin/python3',
        overlay: node.overlay,
        peers: peers.get(node.name),
      },
    ];
  });
  return { all: { hosts: Object.fromEntries(entries) } };
}

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - { name: packages, tags: [apply], ansible.builtin.apt: { name: [wireguard-tools, wireguard-go], state: present, install_recommends: false } }
    - { name: private key, tags: [apply], ansible.builtin.shell: { cmd: umask 077; wg genkey > /etc/wireguard/wg0.key, creates: /etc/wireguard/wg0.key } }
    - { name: read public key, tags: [apply], ansible.builtin.shell: wg pubkey < /etc/wireguard/wg0.key, register: public_key, changed_when: false }
    - name: kernel settings
      tags: [apply]
      ansible.builtin.copy: { src: mesh-sysctl.conf, dest: ${SYSCTL_FILE}, mode: "0644" }
      notify: load kernel settings
    - name: configuration
      tags: [apply]
      ansible.builtin.template: { src: wg0.conf.j2, dest: /etc/wireguard/wg0.conf, mode: "0600" }
      notify: reload wireguard
    - { name: service, tags: [apply], ansible.builtin.systemd_service: { name: wg-quick@wg0, enabled: true, state: started } }
    - { name: handlers, tags: [apply], ansible.builtin.meta: flush_handlers }
    - name: every peer answers and has shaken hands
      tags: [apply, verify]
      changed_when: false
      ansible.builtin.shell: |
        for address in {{ peers | map(attribute='address') | join(' ') }}; do ( for try in 1 2 3 4 5; do ping -c 1 -W 2 $address >/dev/null && exit 0; done; echo "lost $address"; exit 1 ) & pids="$pids $!"; done
        for pid in $pids; do wait $pid || failed=1; done
        wg show wg0 latest-handshakes | awk '$2 == 0 { exit 1 }' || failed=1
        exit \${failed:-0}
  handlers:
    - { name: load kernel settings, ansible.builtin.command: sysctl -q -p ${SYSCTL_FILE} }
    - { name: reload wireguard, ansible.builtin.shell: "systemctl is-active -q wg-quick@wg0 && bash -c 'wg syncconf wg0 <(wg-quick strip wg0; echo)' ; wg set wg0 private-key /etc/wireguard/wg0.key 2>/dev/null || true" }
`;

function ansibleWith(title: string, settings: Readonly<Record<string, string>>): Contender {
  return {
    name: title,
    jobs: ['reapply', 'port', 'first', 'check'],
    env: {
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_FORKS: '20',
      ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s',
      ANSIBLE_HOST_KEY_CHECKING: 'False',
      ANSIBLE_NOCOWS: '1',
      ...settings,
    },
    async prepare(bench) {
      writeFileSync(join(bench.folder, 'mesh.yml'), PLAYBOOK);
      writeFileSync(join(bench.folder, 'wg0.conf.j2'), template('', 'hostvars[peer.name].public_key.stdout'));
      for (const moved of [false, true]) {
        writeFileSync(
          join(bench.folder, name(bench.delayed, moved)),
          JSON.stringify(await hosts(bench, moved)),
        );
      }
    },
    command: (bench, job, moved) => [
      join(bench.folder, 'venv/bin/ansible-playbook'),
      '-i',
      join(bench.folder, name(bench.delayed, moved)),
      join(bench.folder, 'mesh.yml'),
      ...(job === 'check' ? ['--tags', 'verify'] : []),
    ],
    unchanged: (output) => !/changed=[1-9]/.test(output),
  };
}

export const ansible = ansibleWith('Ansible', {});

/** Ansible with Mitogen's strategy; `folder` is where the strategy's plugins are. */
export const mitogen = (folder: string): Contender =>
  ansibleWith('Ansible with Mitogen', {
    ANSIBLE_STRATEGY: 'mitogen_linear',
    ANSIBLE_STRATEGY_PLUGINS: folder,
  });
