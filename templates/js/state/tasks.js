/** Work under way, so that a script can wait until the page shows what it asked for. */

/**
 * @param {(error: Error) => void} onError told of every task that fails
 * @returns {{run: <T>(work: Promise<T>) => Promise<T|undefined>, settled: () => Promise<void>}} `settled` also waits for
 *   tasks that start meanwhile
 */
export function createTasks(onError) {
  const under = new Set();

  async function run(work) {
    const task = Promise.resolve(work).catch((error) => {
      onError(error);
      return undefined;
    });
    under.add(task);
    try {
      return await task;
    } finally {
      under.delete(task);
    }
  }

  async function settled() {
    while (under.size) await Promise.all(under);
  }

  return { run, settled };
}
