import { standInFiles, standInSettings } from '../../../src/lab/topology/stand-ins.js';
import { joinNeeds, type LabApp } from '../../../src/layers/lab.js';

const photos: LabApp = {
  name: 'photos',
  node: 'home-1',
  protocol: 'http',
  port: 2283,
  page: { path: '/api/server/ping', status: 200, text: 'pong' },
};
const dns: LabApp = { name: 'dns', node: 'home-1', protocol: 'udp', port: 53, address: '127.0.0.1' };

describe('stand-ins of apps', () => {
  it('are told about the app, a line each', () => {
    expect(standInSettings(photos)).toBe(
      'name photos\nprotocol http\nport 2283\npath /api/server/ping\nstatus 200\ntext pong\n',
    );
    expect(standInSettings(dns)).toContain('protocol udp\nport 53\naddress 127.0.0.1\n');
  });

  it('are units of the machine that has the app, and of no other', () => {
    expect(standInFiles([photos, dns], 'vps')).toEqual([]);
    const files = standInFiles([photos, dns], 'home-1');
    expect(files.map(({ path }) => path)).toEqual([
      '/usr/local/lib/bridgehead-lab/stand-in.pl',
      '/etc/bridgehead-lab/apps/photos',
      '/etc/systemd/system/bridgehead-lab-app-photos.service',
      '/etc/systemd/system/multi-user.target.d/bridgehead-lab-app-photos.conf',
      '/etc/bridgehead-lab/apps/dns',
      '/etc/systemd/system/bridgehead-lab-app-dns.service',
      '/etc/systemd/system/multi-user.target.d/bridgehead-lab-app-dns.conf',
    ]);
    expect(files[2]?.content).toContain(
      'ExecStart=perl /usr/local/lib/bridgehead-lab/stand-in.pl /etc/bridgehead-lab/apps/photos\n',
    );
  });

  it('are left out if the inventory says that the apps are installed', () => {
    expect(joinNeeds([{ apps: [photos] }], {}).apps).toEqual([photos]);
    expect(joinNeeds([{ apps: [photos] }], { standIns: false }).apps).toEqual([]);
  });
});
