// The certified oidc-provider on loopback, with what GoSpeech's sign-in is known for: PKCE for every client, refresh tokens
// that are good for one use, client credentials. Below /api are two calls that ask it whose token came. What happens goes
// out as lines of JSON, the first with the address.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import Provider from "oidc-provider";

const say = line => console.log(JSON.stringify(line));
const version = () => {
  const main = createRequire(import.meta.url).resolve("oidc-provider");
  return JSON.parse(readFileSync(join(dirname(main), "..", "package.json"), "utf8")).version;
};

const server = createServer();
await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(url, {
  clients: [{
    client_id: "certified",
    client_secret: process.argv[2],
    application_type: "native",
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    redirect_uris: ["http://127.0.0.1:8765/callback"],
    response_types: ["code"],
    scope: "openid offline_access email profile integrated-api management-api",
    token_endpoint_auth_method: process.argv[3],
  }],
  claims: { email: ["email"], profile: ["name"] },
  cookies: { keys: ["a key of a test"] },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id, name: id }) }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: ["openid", "offline_access", "integrated-api", "management-api"],
  ttl: { AccessToken: 4, ClientCredentials: 60, RefreshToken: 600, Grant: 600, Session: 600, Interaction: 600, IdToken: 600 },
});
provider.on("grant.success", ({ oidc }) => say({ grant: oidc.params.grant_type, scope: oidc.params.scope ?? null }));
provider.on("grant.error", ({ oidc }, error) => say({ grant: oidc?.params?.grant_type ?? null, error: error.error }));
provider.on("authorization.error", (_, error) => say({ authorization: error.error, why: error.error_description }));
provider.on("server_error", (_, error) => say({ broken: String(error.stack) }));
provider.on("refresh_token.consumed", () => say({ consumed: true }));
provider.on("refresh_token.saved", () => say({ saved: true }));

// Tokens are looked up where the provider keeps them: nothing here reads them by itself.
const bearer = request => /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
async function worklist(request) {
  const token = bearer(request) && await provider.AccessToken.find(bearer(request));
  const may = token && token.isValid && token.scope.split(" ").includes("integrated-api");
  say({ worklist: may ? token.accountId : null });
  return may ? [200, { items: [], totalCount: 0 }] : [401, {}];
}
async function createUser(request) {
  const token = bearer(request) && await provider.ClientCredentials.find(bearer(request));
  const may = token && token.isValid && token.scope.split(" ").includes("management-api");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { email, firstName, lastName } = JSON.parse(Buffer.concat(chunks));
  say({ create_user: may ? token.clientId : null });
  return may ? [201, { id: "managed-1", email, firstName, lastName }] : [401, {}];
}
const calls = { "GET /api/records/worklist": worklist, "POST /api/users/managed": createUser };
const provide = provider.callback();
server.on("request", async (request, response) => {
  const call = calls[`${request.method} ${new URL(request.url, url).pathname}`];
  if (!call) return provide(request, response);
  const [status, body] = await call(request);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
});
// It ends with the program that started it.
process.stdin.on("end", () => process.exit(0)).resume();
say({ url, version: version() });
