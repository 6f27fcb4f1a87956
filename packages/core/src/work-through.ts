/**
 * Does something with every item, several at a time. A failure of one does not keep the others waiting.
 * @returns how many items there were, and what failed
 * @throws what the list throws, when the work that had begun is done
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
  const workers = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const broken = workers.find((each) => each.status === "rejected");
  if (broken) throw broken.reason;
  return { items: count, failures };
}
