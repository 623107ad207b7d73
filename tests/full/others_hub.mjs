// Microsoft's own client of SignalR. The hub's address is its argument, an access token comes on standard input, and each
// event goes out as a line of JSON.
import { createInterface } from "node:readline";

import { HttpTransportType, HubConnectionBuilder, LogLevel, VERSION } from "@microsoft/signalr";

const EVENTS = [
  "workListChanged", "refreshWorklist", "recordUploadDenied", "accountDeleted", "transcriptExportCompleted",
];
const say = (event, ...details) => console.log(JSON.stringify({ event, details }));

const lines = createInterface({ input: process.stdin });
const token = (await lines[Symbol.asyncIterator]().next()).value;
const hub = new HubConnectionBuilder()
  .withUrl(process.argv[2], { accessTokenFactory: () => token, transport: HttpTransportType.WebSockets })
  .configureLogging(LogLevel.Warning)
  .build();
for (const event of EVENTS) hub.on(event, (...details) => say(event, ...details));
hub.onclose(error => {
  say("closed", error?.message ?? null);
  process.exit(0);
});
await hub.start();
say("connected", VERSION, typeof hub.connectionId);
