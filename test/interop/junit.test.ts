import { expect, test } from 'vitest';
import { readJunit } from './junit.ts';

test('names the cases of a report that failed and those that were skipped', () => {
  const report = `<testsuites>
    <testsuite name="6.1. DATA" package="http2/6.1" tests="4" skipped="1" failures="0" errors="2">
      <testcase package="http2/6.1" classname="Sends a DATA frame" time="0.0001"></testcase>
      <testcase package="http2/6.1" classname="Sends padding" time="2.0010">
        <error>GOAWAY Frame
Timeout</error>
      </testcase>
      <testcase package="http2/6.1" classname="Sends nothing" time="0"><skipped></skipped></testcase>
      <testcase package="http2/6.1" classname="Sends too much" time="0"><failure>Closed</failure></testcase>
    </testsuite></testsuites>`;
  expect(readJunit(report)).toEqual({
    cases: 4,
    failed: [
      'http2/6.1: Sends padding (expected and seen: GOAWAY Frame; Timeout)',
      'http2/6.1: Sends too much (expected and seen: Closed)',
    ],
    skipped: ['http2/6.1: Sends nothing'],
  });
});
