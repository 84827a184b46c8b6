// The directory behind the SCIM server: users and groups in memory, found by index, never by walking the lists.
import { randomUUID } from "node:crypto";

const DAY_MS = 24 * 60 * 60 * 1000;

const fold = (text) => String(text).toLowerCase();

/** Values that lead to the ids of the resources that carry them. */
class Index {
  #ids = new Map();

  find(value) {
    return [...(this.#ids.get(value) ?? [])];
  }

  add(value, id) {
    if (value === undefined || value === null) return;
    if (!this.#ids.has(value)) this.#ids.set(value, new Set());
    this.#ids.get(value).add(id);
  }

  remove(value, id) {
    const ids = this.#ids.get(value);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(value);
  }
}

export class Directory {
  users = new Map();
  groups = new Map();
  #userNames = new Index();
  #userMarks = new Index();
  #groupNames = new Index();
  #groupMarks = new Index();
  #membership = new Index();

  /** The index that answers `attribute eq value` for users, or undefined where there is none. */
  usersWhere(attribute, value) {
    if (attribute === "id") return this.#existing(this.users, [value]);
    if (attribute === "userName") return this.#existing(this.users, this.#userNames.find(fold(value)));
    if (attribute === "externalId") return this.#existing(this.users, this.#userMarks.find(value));
    return undefined;
  }

  groupsWhere(attribute, value) {
    if (attribute === "id") return this.#existing(this.groups, [value]);
    if (attribute === "displayName") return this.#existing(this.groups, this.#groupNames.find(fold(value)));
    if (attribute === "externalId") return this.#existing(this.groups, this.#groupMarks.find(value));
    if (attribute === "members.value") return this.groupsOf(value);
    return undefined;
  }

  groupsOf(userId) {
    return this.#existing(this.groups, this.#membership.find(userId));
  }

  /** True when another user than `id` carries the name. */
  nameTaken(userName, id) {
    return this.#userNames.find(fold(userName)).some((other) => other !== id);
  }

  /** Creates or replaces a user, under the id given if there is one, and returns it with the effects this had. */
  putUser(id, data) {
    const before = this.users.get(id);
    const active = data.active ?? before?.active ?? true;
    const user = { ...data, active, id: id ?? randomUUID(), meta: this.#meta(before) };
    const effects = this.#userEffects(before, user);
    if (before && effects.length === 0) return { resource: before, effects };
    if (before) this.#unindexUser(before);
    this.users.set(user.id, user);
    this.#userNames.add(fold(user.userName), user.id);
    this.#userMarks.add(user.externalId, user.id);
    return { resource: user, effects };
  }

  /**
   * Takes in users with their ids and the names of their groups; groups that are missing are made. The users were there a day before, so that
   * only what happens from now on is news.
   */
  load(users) {
    const members = new Map();
    for (const { groups = [], ...user } of users) {
      const { id, meta } = this.putUser(user.id, user).resource;
      meta.created = meta.lastModified = new Date(Date.now() - DAY_MS);
      for (const name of groups) {
        if (!members.has(name)) members.set(name, []);
        members.get(name).push({ value: id });
      }
    }
    for (const [displayName, added] of members) {
      const [group = { displayName, members: [] }] = this.groupsWhere("displayName", displayName);
      this.putGroup(group.id, { ...group, members: [...group.members, ...added] });
    }
  }

  deleteUser(id) {
    const user = this.users.get(id);
    const effects = [{ effect: "user-deleted", user: id, userName: user.userName }];
    for (const group of this.groupsOf(id)) {
      const members = group.members.filter((member) => member.value !== id);
      effects.push(...this.putGroup(group.id, { ...group, members }).effects);
    }
    this.#unindexUser(user);
    this.users.delete(id);
    return effects;
  }

  putGroup(id, data) {
    const before = this.groups.get(id);
    const members = [...new Map((data.members ?? []).map((member) => [member.value, member])).values()];
    const group = { ...data, members, id: before?.id ?? randomUUID(), meta: this.#meta(before) };
    const effects = this.#groupEffects(before, group);
    if (before && effects.length === 0) return { resource: before, effects };
    if (before) this.#unindexGroup(before);
    this.groups.set(group.id, group);
    this.#groupNames.add(fold(group.displayName), group.id);
    this.#groupMarks.add(group.externalId, group.id);
    return { resource: group, effects };
  }

  deleteGroup(id) {
    const group = this.groups.get(id);
    for (const member of group.members) this.#membership.remove(member.value, id);
    this.#unindexGroup(group);
    this.groups.delete(id);
    return [{ effect: "group-deleted", group: group.displayName }];
  }

  #existing(resources, ids) {
    return ids.map((id) => resources.get(id)).filter((resource) => resource !== undefined);
  }

  #meta(before) {
    const now = new Date();
    return { created: before?.meta.created ?? now, lastModified: now };
  }

  #unindexUser(user) {
    this.#userNames.remove(fold(user.userName), user.id);
    this.#userMarks.remove(user.externalId, user.id);
  }

  #unindexGroup(group) {
    this.#groupNames.remove(fold(group.displayName), group.id);
    this.#groupMarks.remove(group.externalId, group.id);
  }

  #userEffects(before, after) {
    const about = (effect) => ({ effect, user: after.id, userName: after.userName });
    if (!before) return [about("user-created")];
    const effects = [];
    if (before.active !== after.active) effects.push(about(after.active ? "user-reactivated" : "user-deactivated"));
    if (plain(before) !== plain(after)) effects.push(about("user-updated"));
    return effects;
  }

  #groupEffects(before, after) {
    const effects = [];
    if (!before) effects.push({ effect: "group-created", group: after.displayName });
    const old = new Set((before?.members ?? []).map((member) => member.value));
    const now = new Set(after.members.map((member) => member.value));
    const about = (effect, user) => ({ effect, user, userName: this.users.get(user)?.userName, group: after.displayName });
    for (const user of now) {
      if (old.has(user)) continue;
      this.#membership.add(user, after.id);
      effects.push(about("member-added", user));
    }
    for (const user of old) {
      if (now.has(user)) continue;
      this.#membership.remove(user, after.id);
      effects.push(about("member-removed", user));
    }
    if (before && (before.displayName !== after.displayName || before.externalId !== after.externalId)) {
      effects.push({ effect: "group-updated", group: after.displayName });
    }
    return effects;
  }
}

// What counts as the same user: all but the sign-in state, the server's own bookkeeping and the computed groups.
function plain({ active, meta, groups, schemas, ...rest }) {
  return JSON.stringify(sorted(rest));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
