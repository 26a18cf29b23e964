// Shows what GET status.json says, and keeps it fresh. Whatever the worker says is put in as text, never as markup; what it does not say is
// "unknown", never 0. Everything is drawn again each second from the last answer, in place, so that nothing a person has selected or opened goes.

const pollEvery = 2000; // ms
const patience = 5000; // ms for one answer
const outcomes = {
  created: "a new session at Didit",
  replayed: "answered from the record",
  adopted: "session found by a look-up",
  waited: "held too long, back in the queue",
  rejected: "answered as rejected, parked",
  parked: "a person must decide",
  failed: "an error of the worker itself",
};
const groups = { answered: ["created", "replayed", "adopted"], waited: ["waited"], trouble: ["rejected", "parked", "failed"] };
const pauses = {
  circuit_open: "too many requests failed",
  credentials_refused: "credentials refused",
  credits_missing: "no credits left",
  billing_suspended: "billing is suspended",
  application_deleted: "the application is deleted",
  default_workflow_unknown: "the default workflow is unknown",
  everything_refused: "everything is refused with the same words",
  something_in_front: "something in front of Didit answers",
  operator: "by an operator",
  budget: "the creates of this day are used up",
  redirected: "redirected, so the address or a path is wrong",
};
const circuits = {
  "closed": ["good", "Requests go out"], "half-open": ["mind", "One request probes whether Didit is back"], "open": ["bad", "Nothing is sent until the next probe"],
};
const tones = { Healthy: "good", Degraded: "mind", Unhealthy: "bad" };

let last = null; // what the worker said last
let heard = 0; // when, on this browser's steady clock
let outage = null; // why there is no newer answer: { since, why, final }

// ---- text

const byId = id => document.getElementById(id);
const isNumber = value => typeof value === "number" && Number.isFinite(value);
const number = value => isNumber(value) ? value.toLocaleString("en") : "unknown";
const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
const list = new Intl.ListFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "long" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

/** A length of time in its two largest units. */
function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  return d > 0 ? `${d} d ${h} h` : h > 0 ? `${h} h ${m} min` : `${m} min`;
}

/** The worker's own time now, whatever this machine's clock says. */
const workersNow = () => Date.parse(last.at) + performance.now() - heard;
const secondsSince = time => (workersNow() - Date.parse(time)) / 1000;
const ago = time => Number.isNaN(Date.parse(time)) ? "unknown" : secondsSince(time) < 1 ? "just now" : `${span(secondsSince(time))} ago`;
const until = time => Number.isNaN(Date.parse(time)) ? "unknown" : -secondsSince(time) < 1 ? "now" : `in ${span(-secondsSince(time))}`;

// ---- drawing

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function attribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function element(name, className = "", ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Brings the children of a node to the number of items, made where they are missing, and draws each. */
function each(parent, items, make, draw) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  items.forEach((item, i) => draw(parent.children[i] ?? parent.appendChild(make()), item, i));
}

function symbol() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "symbol");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  return svg;
}

/** Colour and symbol of a node, always together. */
function tint(node, tone) {
  attribute(node, "data-tone", tone);
  node.querySelectorAll("use").forEach(use => attribute(use, "href", `#symbol-${tone}`));
}

/** A time as text relative to now, with the time itself as title. */
function when(node, time, text = ago(time)) {
  write(node, text);
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return;
  attribute(node, "datetime", at.toISOString());
  attribute(node, "title", full.format(at));
}

function rows(id, items, columns) {
  const table = byId(id);
  table.hidden = items.length === 0;
  const row = () => {
    const tr = element("tr", "", ...columns.map((column, i) => element(i === 0 ? "th" : "td", column.className ?? "", ...(column.make?.() ?? []))));
    tr.role = "row";
    for (const cell of tr.cells) cell.role = cell === tr.firstElementChild ? "rowheader" : "cell";
    tr.firstElementChild.scope = "row";
    return tr;
  };
  each(table.tBodies[0], items, row, (tr, item) => columns.forEach((column, i) => column.draw(tr.cells[i], item)));
}

const text = (of, className) => ({ className, draw: (cell, item) => write(cell, of(item) ?? "unknown") });
const figure = of => ({
  className: "number",
  draw: (cell, item) => {
    write(cell, number(of(item)));
    cell.classList.toggle("zero", of(item) === 0);
  },
});

// ---- the parts of the page

const title = name => name === "didit" || name === "redis" || name === "broker" ? capital(name) : name;
const sum = (counts, names) => names.reduce((all, name) => all + (counts?.[name] ?? NaN), 0);
const letters = () => last.deadLetters?.reduce((all, letter) => all + letter.count, 0);
const inputs = () => last.queues?.queues?.filter(queue => !/_(error|skipped)$/.test(queue.name)) ?? [];

/** The one sentence at the top. */
function summary() {
  const parts = Object.entries(last.health?.parts ?? {});
  const down = parts.filter(([, part]) => part.status === "Unhealthy").map(([name]) => title(name));
  if (last.health?.status === "Unhealthy") return ["bad", down.length > 0 ? `Not working: ${list.format(down)}` : "Not working"];
  if (!(last.health?.status in tones)) return ["unknown", "State unknown"];
  const concerns = parts.filter(([name, part]) => part.status === "Degraded" && !(name === "didit" && last.pause)).map(([name]) => `${title(name)} needs attention`);
  if (last.pause) concerns.unshift("nothing is sent to Didit");
  else if (last.circuit === "open") concerns.unshift("the circuit to Didit is open");
  if (inputs().some(queue => queue.consumers === 0)) concerns.push("the queue has no consumer");
  if (letters() > 0) concerns.push(`${letters() === 1 ? "a dead letter waits" : `${number(letters())} dead letters wait`} for a person`);
  if (concerns.length === 0 && last.health.status === "Degraded") concerns.push("something needs attention");
  return concerns.length > 0 ? ["mind", `Working, but ${list.format(concerns)}`] : ["good", "Working"];
}

function drawState() {
  const [tone, headline] = last === null ? ["unknown", outage ? "State unknown" : "Asking the worker…"] : outage ? ["unknown", `Last known: ${summary()[1]}`] : summary();
  tint(byId("state"), tone);
  attribute(byId("state-symbol"), "href", `#symbol-${tone}`);
  write(byId("headline"), headline);
  document.title = `${{ good: "✓", mind: "!", bad: "✕", unknown: "?" }[tone]} ${headline} – DiditWorker`;
  byId("outage").hidden = !outage;
  write(byId("outage"), outage ? `No connection since ${clock.format(outage.since)}: ${outage.why}` : "");
  if (last !== null) drawParts();
}

function drawParts() {
  const make = () => element("li", "part",
    element("p", "name", symbol(), element("b"), " ", element("span")), element("p", "description"), element("p", "action"), element("p", "quiet", "Since ", element("time")));
  each(byId("parts"), Object.entries(last.health?.parts ?? {}), make, (node, [name, part]) => {
    tint(node, tones[part.status] ?? "unknown");
    const [heading, description, action, since] = node.children;
    write(heading.children[1], title(name));
    write(heading.children[2], part.status?.toLowerCase() ?? "unknown");
    write(description, part.description ? capital(part.description) : "");
    action.hidden = !part.action;
    write(action, part.action ? `What to do: ${part.action}` : "");
    when(since.lastElementChild, part.since);
  });
}

function drawNow() {
  const share = (id, part, whole) => {
    byId(id).style.width = isNumber(part) && whole > 0 ? `${Math.min(100, 100 * part / whole)}%` : "0";
  };
  write(byId("in-flight"), `${number(last.inFlight)} of ${number(last.concurrentMessageLimit)}`);
  share("in-flight-bar", last.inFlight, last.concurrentMessageLimit);
  write(byId("creates"), `${number(last.createRate?.sentLastMinute)} of ${number(last.createRate?.limitPerMinute)}`);
  share("creates-bar", last.createRate?.sentLastMinute, last.createRate?.limitPerMinute);
  const { urgent, others } = last.wait ?? {};
  write(byId("wait"), isNumber(urgent) ? `Waits about ${span(Math.ceil(urgent))}` : last.pause ? "Waits until the pause ends" : "Unknown");
  write(byId("wait-others"), isNumber(others) ? `A request without priority: about ${span(Math.ceil(others))}` : "");
  const [tone, meaning] = circuits[last.circuit] ?? ["unknown", ""];
  tint(byId("circuit-tile"), tone);
  write(byId("circuit"), capital(last.circuit || "unknown"));
  write(byId("circuit-meaning"), meaning);
  drawPause(last.pause);
  drawReconciliation(last.reconciliation);
}

function drawPause(pause) {
  tint(byId("pause-tile"), pause ? "mind" : pause === null ? "good" : "unknown");
  byId("pause-tile").classList.toggle("wide", Boolean(pause));
  write(byId("pause"), pause ? `Paused: ${pauses[pause.reason] ?? pause.reason}` : pause === null ? "Not paused" : "Unknown");
  write(byId("pause-why"), pause ? capital(pause.why ?? "") : "");
  if (!pause) return write(byId("pause-times"), pause === null ? "Held only by the rate limit" : "");
  const times = byId("pause-times");
  const end = pause.until === null ? " · until diditworker resume" : ["operator", "budget"].includes(pause.reason) ? " · ends " : " · next probe ";
  times.replaceChildren("Since ", element("time"), end, ...(pause.until === null ? [] : [element("time")]));
  when(times.children[0], pause.since);
  if (pause.until !== null) when(times.children[1], pause.until, until(pause.until));
}

function drawReconciliation(result) {
  const differ = result ? result.orphans + result.missing : 0;
  tint(byId("reconcile-tile"), !result ? "unknown" : result.secondSessions > 0 ? "bad" : differ > 0 ? "mind" : "good");
  write(byId("reconcile"), !result ? "Not compared yet" : result.secondSessions > 0 ? `${count(result.secondSessions, "second session", "second sessions")} of a key` : "No key has two sessions");
  const said = byId("reconcile-said");
  if (!result) return write(said, "diditworker reconcile does it");
  said.replaceChildren("Compared ", element("time"), `: ${count(result.sessions, "session", "sessions")}, ${count(result.orphans, "orphan", "orphans")}, ${number(result.missing)} missing, ` +
    `${number(result.withoutKey)} without a key, ${number(result.nearEnd)} near their end`);
  when(said.firstElementChild, result.at);
}

function drawWaiting() {
  const all = last.waitingNow ?? [];
  const more = last.waitingNowCount > all.length ? `; the ${number(all.length)} with the most attempts are shown` : "";
  write(byId("waiting-said"), !last.waitingNow ? "Unknown" : all.length === 0 ? "None: no message of this worker waits for another attempt" :
    `This worker tries ${count(last.waitingNowCount, "message", "messages")} again${more}. More of one: diditworker keys show ID`);
  rows("waiting", all, [
    {
      make: () => ["", element("small")],
      draw: (cell, message) => {
        cell.firstChild.data = message.requestId ?? "unknown";
        write(cell.lastChild, message.key ?? "unknown");
      },
    },
    text(message => count(message.attempts, "attempt", "attempts")),
    {
      make: () => ["", " ", element("time", "quiet")],
      draw: (cell, message) => {
        cell.firstChild.data = message.last ?? "unknown";
        when(cell.lastChild, message.lastAt);
      },
    },
    {
      make: () => ["next ", element("time")],
      draw: (cell, message) => when(cell.lastChild, message.nextTry, until(message.nextTry)),
    },
  ]);
}

function drawOutcomes() {
  const minutes = (last.outcomes ?? []).slice(-15);
  const [before, current] = [minutes.at(-2)?.counts, minutes.at(-1)?.counts];
  write(byId("outcomes-all"), minutes.length > 0 ? `Last ${count(minutes.length, "minute", "minutes")}` : "All shown");
  rows("outcomes", Object.keys(outcomes), [
    {
      make: () => ["", element("small")],
      draw: (cell, name) => {
        cell.firstChild.data = name;
        write(cell.lastChild, outcomes[name]);
      },
    },
    figure(name => current?.[name]), figure(name => before?.[name]),
    figure(name => minutes.length > 0 ? minutes.reduce((all, one) => all + (one.counts?.[name] ?? NaN), 0) : undefined),
  ]);
  rows("minutes", minutes.toReversed(), [
    { make: () => [element("time")], draw: (cell, one) => when(cell.firstChild, one.at) }, ...Object.values(groups).map(names => figure(one => sum(one.counts, names))),
  ]);
  drawChart(minutes);
}

function drawChart(minutes) {
  const totals = minutes.map(one => sum(one.counts, Object.keys(outcomes)) || 0);
  const most = Math.max(0, ...totals);
  const step = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const top = Math.max(4, [1, 2, 4, 6, 8, 10].map(times => times * step).find(height => height >= most));
  const chart = byId("chart");
  const shapes = [{ grid: 0 }, { grid: 50 }];
  minutes.forEach((one, i) => {
    let foot = 100;
    for (const [group, names] of Object.entries(groups)) {
      const value = sum(one.counts, names) || 0;
      const height = value > 0 ? Math.max(2, 100 * value / top) : 0; // a single failure among hundreds must be seen
      foot -= height;
      shapes.push({ group, x: 10 * (15 - minutes.length + i) + 1.25, y: foot, height, current: i === minutes.length - 1 });
    }
  });
  if (chart.dataset.drawn !== JSON.stringify(shapes)) {
    chart.dataset.drawn = JSON.stringify(shapes);
    chart.replaceChildren(...shapes.map(shape));
  }
  write(byId("chart-most"), minutes.length === 0 ? "No data yet" : number(top));
  attribute(chart, "aria-label", minutes.length === 0 ? "No data yet" :
    `Bar chart of the last ${count(minutes.length, "minute", "minutes")}: ${count(totals.reduce((a, b) => a + b, 0), "delivery", "deliveries")} in all, at most ${number(most)} in one minute. The numbers follow as a table.`);
}

function shape({ grid, group, x, y, height, current }) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", group ? "rect" : "line");
  const values = group ? { x, y, width: 7.5, height, class: current ? `${group} current` : group } : { x1: 0, x2: 150, y1: grid, y2: grid, class: "grid" };
  Object.entries(values).forEach(([name, value]) => node.setAttribute(name, value));
  return node;
}

function drawQueues() {
  const queues = last.queues?.queues ?? [];
  write(byId("queues-asked"), last.queues ? `The broker was asked ${ago(last.queues.at)}${queues.length === 0 ? ", and has none of them" : ""}` : "Unknown: the broker has not been asked yet");
  byId("queues-asked").title = last.queues ? full.format(new Date(last.queues.at)) : "";
  rows("queues", queues, [
    text(queue => queue.name), figure(queue => queue.messages), figure(queue => queue.held),
    {
      className: "number",
      make: () => [element("span")],
      draw: (cell, queue) => {
        const missing = queue.consumers === 0 && inputs().includes(queue);
        write(cell.firstChild, missing ? "none" : number(queue.consumers));
        cell.firstChild.className = missing ? "badge" : "";
        attribute(cell.firstChild, "data-tone", missing ? "bad" : "");
        cell.classList.toggle("zero", queue.consumers === 0);
      },
    },
  ]);
}

function drawLetters() {
  const all = last.deadLetters ?? [];
  const known = last.deadLetters && (all.length > 0 || last.queues);
  write(byId("letters-said"), !known ? "Unknown: the broker has not been asked yet" : all.length === 0 ? "None: nothing is parked or skipped" :
    `${count(letters(), "message waits", "messages wait")} for a person${last.window > 0 ? `; the window is ${span(last.window)} long` : ""}`);
  rows("letters", all, [
    {
      make: () => ["", element("small")],
      draw: (cell, letter) => {
        cell.firstChild.data = letter.group ?? "unknown";
        write(cell.lastChild, letter.queue ?? "unknown");
      },
    },
    figure(letter => letter.count),
    {
      make: () => [element("span")],
      draw: (cell, letter) => {
        const left = isNumber(letter.remaining) ? letter.remaining - secondsSince(last.at) : null;
        write(cell.firstChild, left === null ? "unknown" : left <= 0 ? "window over" : `${span(left)} left`);
        const tone = left === null ? "unknown" : left <= 0 ? "bad" : left < 0.2 * last.window ? "bad" : left < 0.5 * last.window ? "mind" : "good";
        cell.firstChild.className = "badge";
        attribute(cell.firstChild, "data-tone", tone);
      },
    },
  ]);
}

function drawErrors() {
  const all = last.errors ?? [];
  write(byId("errors-said"), !last.errors ? "Unknown" : all.length === 0 ? "None since this worker started" : "Deliveries of this worker that were rejected, parked or failed, the latest first. More of one: diditworker dead-letters show KEY; of one without a key: diditworker dead-letters list --messages");
  rows("errors", all, [
    { make: () => [element("time")], draw: (cell, error) => when(cell.firstChild, error.at) },
    text(error => error.outcome), text(error => error.why), text(error => error.key ?? "no key", "key"),
  ]);
}

function draw() {
  drawState();
  if (last === null) return;
  write(byId("worker"), `${last.version ?? "version unknown"} on ${last.host ?? "unknown host"}, up for ${Number.isNaN(Date.parse(last.started)) ? "unknown" : span(secondsSince(last.started))}`);
  write(byId("freshness"), `${outage ? "Last answer" : "Live, updated"} ${ago(last.at)}`);
  drawNow();
  drawWaiting();
  drawOutcomes();
  drawQueues();
  drawLetters();
  drawErrors();
}

// ---- asking

/** Why there is no answer, for people. */
class Missing extends Error {
  constructor(why, final = false) {
    super(why);
    this.final = final;
  }
}

async function ask() {
  const answer = await fetch("status.json", { cache: "no-store", signal: AbortSignal.timeout(patience) }).catch(() => {
    throw new Missing("the worker does not answer");
  });

  // Not asked again: each time the browser would ask the person for the token.
  if (answer.status === 401 || answer.status === 403) throw new Missing("the worker refuses; reload the page to sign in again", true);
  if (!answer.ok) throw new Missing(`the worker answers with an error (${answer.status})`);
  const state = await answer.json();
  if (Number.isNaN(Date.parse(state.at))) throw new SyntaxError("no time in it");
  return state;
}

async function refresh() {
  const before = [last, heard, outage];
  try {
    const answer = await ask();
    [last, heard, outage] = [answer, performance.now(), null];
    draw();
  } catch (error) {
    [last, heard, outage] = before;
    outage = { since: outage?.since ?? new Date(), why: explain(error), final: error.final };
    draw();
  }
}

function explain(error) {
  if (!(error instanceof Missing)) console.error(error);
  const why = error instanceof Missing ? error.message : "the answer of the worker cannot be read";
  return error.final ? why : `${why}; trying again every ${pollEvery / 1000} s`;
}

let asking = false;

/** Asks again and again while somebody looks. */
async function poll() {
  if (asking) return;
  asking = true;
  while (!document.hidden && !outage?.final) {
    await refresh();
    await new Promise(resolve => setTimeout(resolve, pollEvery));
  }
  asking = false;
}

byId("zone").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.addEventListener("visibilitychange", poll);
setInterval(() => document.hidden || draw(), 1000);
poll();
