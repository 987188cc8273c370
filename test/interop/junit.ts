/** How the cases of a JUnit report ended. */
export interface CaseOutcomes {
  readonly cases: number;
  /** Each case that failed, with what was seen of it. */
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

const CASE = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs;

/** Reads a report as h2spec writes it. */
export function readJunit(report: string): CaseOutcomes {
  const cases = [...report.matchAll(CASE)].map(([, section, name, content = '']) => ({
    name: `${section}: ${name}`,
    content,
  }));
  const failed = cases.flatMap(({ name, content }) => {
    const [, , seen] = /<(error|failure)>(.*?)<\/\1>/s.exec(content) ?? [];
    return seen === undefined ? [] : [`${name} (expected and seen: ${seen.replaceAll(/\s*\n\s*/g, '; ')})`];
  });
  const skipped = cases.filter(({ content }) => content.includes('<skipped>')).map(({ name }) => name);
  return { cases: cases.length, failed, skipped };
}
