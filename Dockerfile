# The image of `serin`: the picker, and the simulator beside it. Three stages: compile, production packages, and a
# final image without shell or package manager, whose process writes nothing to its file system.

FROM node:26.10.0-bookworm-slim AS build
WORKDIR /serin
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci
COPY src ./src
RUN node_modules/.bin/tsc -p tsconfig.build.json

FROM node:26.10.0-bookworm-slim AS packages
WORKDIR /serin
COPY package.json package-lock.json .npmrc ./
# The optional packages are Node itself, which the image has.
RUN npm ci --omit=dev --omit=optional

FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="serin" \
      org.opencontainers.image.description="Envoy endpoint picker for multi-LoRA canary releases on vLLM" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
# The one library that Node needs and this base lacks.
COPY --from=build /usr/lib/*-linux-gnu/libatomic.so.1* /usr/lib/
WORKDIR /serin
COPY --from=packages /serin/node_modules ./node_modules
COPY --from=build /serin/dist ./dist
COPY package.json LICENSE ./
COPY proto ./proto
COPY page ./page
COPY examples ./examples
USER 65532:65532
# ext_proc, gRPC health, metrics and probes
EXPOSE 9002 9003 9090
ENTRYPOINT ["/usr/local/bin/node", "/serin/dist/main.js"]
CMD ["serve", "--help"]
