const LINE = 'Why is the sky blue, and why is it red in the evening? ';
const OPEN = '{"model":"lora-request","max_tokens":64,"prompt":"';
const CLOSE = '"}';

/** The body of a completion request of exactly so many bytes: lines of text, as prompts are. */
export function completionBody(bytes: number): Buffer {
  const room = bytes - OPEN.length - CLOSE.length;
  const line = `${LINE}\\n`;
  const whole = Math.floor(room / line.length);
  return Buffer.from(`${OPEN}${line.repeat(whole)}${'x'.repeat(room - whole * line.length)}${CLOSE}`);
}
