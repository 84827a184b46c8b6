// A SCIM 2.0 server for development and tests. The protocol is scimmy and scimmy-routers; only the storage is ours.
//
//   SCIM_TOKEN=secret node server.js --port 9101 [--groups A,B] [--users FILE] [--log FILE] [--delay-writes-ms N] [--hold FILE]
//     [--on-page N]
//
// The file of --users has a SCIM user in each line, with its id; its "groups" are the names of the groups it is in.
//
// While the file of --hold is there, the number in it says from which effect on the answers wait until it is gone.
//
// Everything lives in memory: a restarted server has lost its users, their memberships and all ids it issued.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import express from "express";
import SCIMMYRouters, { SCIMMY } from "scimmy-routers";
import { Directory } from "./directory.js";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    host: { type: "string", default: "127.0.0.1" },
    groups: { type: "string", default: "" },
    users: { type: "string" },
    log: { type: "string" },
    "delay-writes-ms": { type: "string", default: "0" },
    hold: { type: "string" },
    "on-page": { type: "string", default: "200" },
  },
});
const MAX_RESULTS = Number(options["on-page"]);
const token = process.env.SCIM_TOKEN;
if (!token) {
  console.error("SCIM_TOKEN is not set");
  process.exit(2);
}

const directory = new Directory();
for (const displayName of options.groups.split(",").filter((name) => name)) {
  directory.putGroup(undefined, { displayName });
}
if (options.users) {
  directory.load(readFileSync(options.users, "utf8").split("\n").filter((line) => line).map((line) => JSON.parse(line)));
}

const notFound = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
const stored = (instance) => JSON.parse(JSON.stringify(instance));

/** The attribute and value of a filter that is one plain `eq`, else undefined. */
function equality(filter) {
  if (filter?.length !== 1) return undefined;
  const path = [];
  let node = filter[0];
  while (!Array.isArray(node)) {
    const keys = Object.keys(node);
    if (keys.length !== 1) return undefined;
    path.push(keys[0]);
    node = node[keys[0]];
  }
  if (node.length !== 2 || node[0] !== "eq" || typeof node[1] !== "string") return undefined;
  return { attribute: path.join("."), value: unescaped(node[1]) };
}

// scimmy hands over what stood between the quotes; RFC 7644 says that it is a JSON string.
function unescaped(text) {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return text;
  }
}

function select(resource, all, where) {
  if (!resource.filter) return page(resource, [...all.values()]);
  const plainEquality = equality(resource.filter);
  const found = plainEquality && where(plainEquality.attribute, plainEquality.value);
  return page(resource, found ?? resource.filter.match([...all.values()]));
}

// scimmy builds a schema instance for each entry before it cuts the page out. A sparse list of the same length keeps its
// arithmetic and spares it the entries of other pages. Near the beginning it cuts by the number of entries it was given, so there it
// is given those before the page too, and one behind it where the numbers would make it take them for the page.
function page(resource, found) {
  const constraints = resource.constraints ?? {};
  const count = Math.min(constraints.count ?? MAX_RESULTS, MAX_RESULTS);
  const startIndex = constraints.startIndex ?? 1;
  resource.constraints = { ...constraints, startIndex, count };
  if (constraints.sortBy) return found;
  const before = startIndex - 1;
  if (before >= found.length) return new Array(found.length);
  const first = before > 0 && startIndex <= count ? 0 : before;
  let end = Math.min(before + count, found.length);
  if (first < before && found.length === end + before) end++;
  const sparse = new Array(found.length);
  for (let i = first; i < end; i++) sparse[i] = found[i];
  return sparse;
}

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .extend(SCIMMY.Schemas.EnterpriseUser)
  .ingress((resource, instance, request) => {
    if (resource.id && !directory.users.has(resource.id)) throw notFound(resource.id);
    if (directory.nameTaken(instance.userName, resource.id)) {
      throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
    }
    const { resource: user, effects } = directory.putUser(resource.id, stored(instance));
    request.effects.push(...effects);
    return user;
  })
  .egress((resource) => {
    const withGroups = (user) => ({
      ...user,
      groups: directory.groupsOf(user.id).map((group) => ({ value: group.id, display: group.displayName })),
    });
    if (!resource.id) return select(resource, directory.users, (...eq) => directory.usersWhere(...eq)).map(withGroups);
    if (!directory.users.has(resource.id)) throw notFound(resource.id);
    return withGroups(directory.users.get(resource.id));
  })
  .degress((resource, request) => {
    if (!directory.users.has(resource.id)) throw notFound(resource.id);
    request.effects.push(...directory.deleteUser(resource.id));
  });

SCIMMY.Resources.declare(SCIMMY.Resources.Group)
  .ingress((resource, instance, request) => {
    if (resource.id && !directory.groups.has(resource.id)) throw notFound(resource.id);
    const data = stored(instance);
    for (const { value } of data.members ?? []) {
      if (!directory.users.has(value) && !directory.groups.has(value)) {
        throw new SCIMMY.Types.Error(400, "invalidValue", `Member ${value} does not exist`);
      }
    }
    const { resource: group, effects } = directory.putGroup(resource.id, data);
    request.effects.push(...effects);
    return group;
  })
  .egress((resource, request) => {
    const shown = request.method === "GET" && !wantsMembers(resource.attributes) ? withoutMembers : (group) => group;
    if (!resource.id) return select(resource, directory.groups, (...eq) => directory.groupsWhere(...eq)).map(shown);
    if (!directory.groups.has(resource.id)) throw notFound(resource.id);
    return shown(directory.groups.get(resource.id));
  })
  .degress((resource, request) => {
    if (!directory.groups.has(resource.id)) throw notFound(resource.id);
    request.effects.push(...directory.deleteGroup(resource.id));
  });

function wantsMembers(attributes) {
  if (!attributes) return true;
  const wanted = attributes[0];
  return "members" in wanted ? wanted.members[0] !== "np" : Object.values(wanted).every((test) => test[0] === "np");
}

function withoutMembers({ members, ...group }) {
  return group;
}

const app = express();
app.disable("x-powered-by");
app.use((request, response, next) => {
  // Express 5 parses the query anew at each access; scimmy-routers writes numbers into it and means them to stay.
  Object.defineProperty(request, "query", { value: { ...request.query }, writable: true });
  request.effects = [];
  if (!["GET", "HEAD"].includes(request.method)) recordWrite(request, response);
  next();
});
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  context: (request) => request,
  handler: (request) => {
    if (request.header("authorization") !== `Bearer ${token}`) throw new Error("The bearer token is not accepted");
    return undefined;
  },
}));

const HOLD_LOOK_MS = 5;
let effectCount = 0;

const isHeld = (effect) => options.hold && existsSync(options.hold) && effect >= Number(readFileSync(options.hold, "utf8"));

/** Answers a write whose last effect has this number, as soon as it may be answered. */
function answer(effect, end) {
  if (isHeld(effect)) setTimeout(() => answer(effect, end), HOLD_LOOK_MS);
  else end();
}

/** Logs the write with its effects before its answer leaves, so that whoever holds an answer finds it in the log. */
function recordWrite(request, response) {
  const end = response.end.bind(response);
  response.end = (...body) => {
    const [first = { effect: "none" }] = request.effects;
    const { method, originalUrl: path, effects } = request;
    const line = { time: new Date().toISOString(), method, path, status: response.statusCode, ...first, effects };
    if (options.log) appendFileSync(options.log, JSON.stringify(line) + "\n");
    const effect = (effectCount += effects.length);
    const delay = Number(options["delay-writes-ms"]);
    if (delay > 0) setTimeout(() => answer(effect, () => end(...body)), delay);
    else answer(effect, () => end(...body));
    return response;
  };
}

const server = app.listen(Number(options.port), options.host, (error) => {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
  console.log(`listening ${server.address().port}`);
});
server.keepAliveTimeout = 60_000;
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
