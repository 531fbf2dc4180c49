/** The secrets of one demo: random, and written only into its folder. */
interface DemoSecrets {
  readonly admin: string;
  /** `whsec_` and 64 hex digits: what Open Loyalty signs its webhooks with. */
  readonly webhook: string;
  readonly openLoyalty: string;
  readonly bloomreach: string;
}

/** What the config of a demo is written from. */
export interface DemoConfig {
  /** 0 = any free port. */
  readonly port: number;
  readonly openLoyaltyUrl: string;
  readonly bloomreachUrl: string;
  readonly secrets: DemoSecrets;
}

/** The project that the Bloomreach sandbox answers for. */
export const PROJECT_TOKEN = 'demo';
/** The id of the key that it accepts. */
export const API_KEY_ID = 'demo-key';

/** A `config.yaml` like anyone's, with sandboxes at both ends and retries short enough to watch. */
export function configText({ port, openLoyaltyUrl, bloomreachUrl, secrets }: DemoConfig): string {
  const url = doorUrl(`http://127.0.0.1:${port}`);
  return `# Written by "pointsman demo". config.example.yaml explains every setting.
server: { host: 127.0.0.1, port: ${port} }
api:
  tokens: [{ name: demo, role: admin, token: ${quoted(secrets.admin)} }]
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ./mappings }
sources:
  open-loyalty:
    type: open-loyalty
    verify: { type: hmac, url: ${quoted(url)}, secrets: [${quoted(secrets.webhook)}] }
    api: { url: ${quoted(openLoyaltyUrl)}, token: ${quoted(secrets.openLoyalty)} }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${quoted(bloomreachUrl)}
    projectToken: ${PROJECT_TOKEN}
    apiKeyId: ${API_KEY_ID}
    apiSecret: ${quoted(secrets.bloomreach)}
    timeout: 5s
    retry: { schedule: [2s, 3s, 5s, 5s, 5s, 5s, 10s, 10s, 30s, 30s, 30s, 30s] }
    breaker: { probe: 2s }
`;
}

/** Where a server takes the webhooks of the demo's source: the URL that is subscribed, and so the one that is signed. */
export function doorUrl(serverUrl: string): string {
  return `${serverUrl}/webhooks/open-loyalty`;
}

/** As YAML reads it back unchanged: a `${` that stands in a path is no reference. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll('${', () => '$${'));
}
