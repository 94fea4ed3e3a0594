# One image for all processes: the command says which (see docker-compose.yml).
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Without the development dependencies: PostgreSQL and Node from npm, tests. No package needs its scripts.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY package.json mikro-orm.config.ts ./
COPY src src
COPY workers workers
# What .dockerignore lets through: migrate, seed, audit, token and the like.
COPY scripts scripts
USER node
EXPOSE 3000
# For the API process; a worker is given a check of its own (with WORKER_PORT: /health/ready there), or none.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://localhost:' + (process.env.PORT || 3000) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node runs the sources as they are; nothing is built.
CMD ["node", "--max-semi-space-size=32", "--no-allocation-site-pretenuring", "--max-old-space-size=256", "src/main.ts"]
