// Reads a JSON array of Kubernetes manifests from standard input; writes a JSON array with the faults of each.
// Each manifest becomes an object literal of its kind's type, and the compiler says what is unknown, missing or of the wrong type.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const packages = {
  "keda.sh": "@kubernetes-models/keda",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "rabbitmq.com": ".",
};

function source({ apiVersion, kind }, text) {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return `import type { I${kind} as Kind } from "${packages[group] ?? "kubernetes-models"}/${apiVersion}/${kind}";\nexport const manifest: Kind = ${text};\n`;
}

const manifests = JSON.parse(readFileSync(0, "utf8"));
const sources = new Map(manifests.map((manifest, i) => [join(here, `manifest-${i}.ts`), source(manifest, JSON.stringify(manifest, null, 1))]));
const options = {
  strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, types: [],
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ESNext,
};
const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (name) => sources.has(name) || fileExists(name);
host.readFile = (name) => sources.get(name) ?? readFile(name);
host.getSourceFile = (name, target, ...rest) =>
  sources.has(name) ? ts.createSourceFile(name, sources.get(name), target) : getSourceFile(name, target, ...rest);

const program = ts.createProgram([...sources.keys()], options, host);
const faults = [...sources.keys()].map((name) => {
  const file = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((fault) => {
    const line = file.text.slice(fault.start).split("\n", 1)[0];
    return `${ts.flattenDiagnosticMessageText(fault.messageText, " ")} At: ${line}`;
  });
});
process.stdout.write(JSON.stringify(faults));
