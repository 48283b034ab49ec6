/** Where the script starts: in the page, in a worker made of the same text, or nowhere, as in a test of a module. */

import { startPage } from './main.js';
import { startWorker } from './search/worker.js';

if (typeof document !== 'undefined') startPage(document);
else if (typeof WorkerGlobalScope !== 'undefined' && typeof importScripts === 'function') startWorker(globalThis);
