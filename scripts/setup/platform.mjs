import { platformPackage } from '../../bin/pinned-node.mjs';
import { SetupFailure } from './failure.mjs';

/** Fails with one sentence where neither the pinned Node nor the pinned Envoy can run. */
export function checkPlatform() {
  const seen = `${process.platform} on ${process.arch}`;
  if (process.platform === 'win32') {
    throw new SetupFailure('Windows itself is not supported: install WSL2 and run this inside it.');
  }
  if (platformPackage() === undefined) {
    throw new SetupFailure(
      `${seen} is not supported: use Linux on x64 or arm64, or macOS on arm64, or run envoy/docker-compose.yml with Docker.`,
    );
  }
  const header = process.report?.getReport().header;
  if (process.platform === 'linux' && header !== undefined && header.glibcVersionRuntime === undefined) {
    throw new SetupFailure(
      'This Linux has musl instead of glibc, and the pinned Node and Envoy need glibc: use Debian, Ubuntu or Fedora, or run envoy/docker-compose.yml with Docker.',
    );
  }
}
