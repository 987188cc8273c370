/** Time to the next of events that come independently of each other. */
export function exponential(meanMs: number, random: () => number): number {
  return -meanMs * Math.log(1 - random());
}

/** Draws places by Zipf's law: the first is twice as likely as the second with an exponent of 1. */
export function createZipf(count: number, exponent: number): (roll: number) => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    sum += 1 / rank ** exponent;
    sums.push(sum);
  }
  return (roll) => {
    const wanted = roll * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** A whole number around a mean, as answers and prompts have: most are shorter, some much longer. */
export function length(mean: number, random: () => number): number {
  return Math.max(1, Math.min(8 * mean, Math.round(exponential(mean, random))));
}
