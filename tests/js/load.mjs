/**
 * Gives a module's exports to a test: from templates/js, or, with EMBREPORT_PAGE_SCRIPT=/path/to/script.js,
 * from the script cut out of a built page. Every test imports through here, so that the same suite runs
 * against both.
 *
 *     import { load } from './load.mjs';
 *     const { openReport } = await load('payload/report.js');
 */
import { readFile } from 'node:fs/promises';
import { runInThisContext } from 'node:vm';

const script = process.env.EMBREPORT_PAGE_SCRIPT;
const root = new URL('../../templates/js/', import.meta.url);

/** @returns {Promise<Record<string, object>>} all modules of the assembled script, by path */
async function modulesOfScript() {
  const hook = Symbol.for('embreport.modules');
  let modules = null;
  globalThis[hook] = (given) => { modules = given; };
  runInThisContext(await readFile(script, 'utf8'), { filename: script });
  delete globalThis[hook];
  if (!modules) throw new Error(`${script} did not hand out its modules.`);
  return modules;
}

let assembled = null;

/**
 * @param {string} path relative to templates/js, such as 'payload/report.js'
 * @returns {Promise<any>} the exports of the module
 */
export async function load(path) {
  if (!script) return import(new URL(path, root));
  assembled ??= modulesOfScript();
  const modules = await assembled;
  if (!modules[path]) throw new Error(`${path} is not part of ${script}: nothing imports it.`);
  return modules[path];
}
