import { graphvizText, mermaidText } from '../../../src/app/export/drawing.js';
import { loadInventory } from '../../../src/inventory/index.js';

describe('an inventory as a drawing', () => {
  it('for Mermaid has sites around their nodes, and an arrow from who connects', async () => {
    expect(mermaidText(await loadInventory('inventory/phone-home.yaml'))).toBe(`flowchart LR
  subgraph site_home["home  192.168.1.0/24<br>NAT behind 203.0.113.8"]
    node_node_a["node-a<br>192.168.1.10<br>10.8.0.3"]
    node_lan_1["lan-1<br>192.168.1.100"]
    node_lan_2["lan-2<br>192.168.1.101"]
  end
  node_vps["vps<br>198.51.100.8<br>10.8.0.1"]
  node_phone(["phone<br>10.8.0.2"])
  node_node_a -->|"home"| node_vps
  node_phone -->|"home"| node_vps
`);
  });

  it('for Mermaid names the forwards, and draws both ways if both connect', async () => {
    const text = mermaidText(await loadInventory('inventory/home-mesh.yaml'));
    expect(text).toContain('  node_ctb_edge_1 <-->|"mesh<br>via 203.0.113.10:51821"| node_ms_1\n');
    expect(text.match(/<-->/g)).toHaveLength(6);
  });

  it('for Graphviz has the same', async () => {
    const text = graphvizText(await loadInventory('inventory/phone-home.yaml'));
    expect(text).toContain('digraph "phone-home" {\n');
    expect(text).toContain(
      '  subgraph cluster_site_home {\n    label="home  192.168.1.0/24\\nNAT behind 203.0.113.8";\n    node_node_a [',
    );
    expect(text).toContain('  node_phone [label="phone\\n10.8.0.2", shape=ellipse];\n');
    expect(text).toContain('  node_node_a -> node_vps [label="home"];\n');
  });
});
