/**
 * Does something with every item, several at a time. A failure of one does not keep the others waiting.
 * @returns how many items there were, and what failed
 */
export async function workThrough<T>(
  items: AsyncGenerator<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<{ items: number; failures: unknown[] }> {
  const failures: unknown[] = [];
  let count = 0;
  const worker = async () => {
    // Each of the workers takes the next item from the one list.
    for await (const item of items) {
      count++;
      await work(item).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { items: count, failures };
}
