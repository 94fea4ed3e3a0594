# One image for both processes: the command says which (see docker-compose.yml).
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY package.json mikro-orm.config.ts ./
COPY src src
COPY workers workers
COPY scripts scripts
USER node
EXPOSE 3000
# Node runs the sources as they are; nothing is built.
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=256", "src/main.ts"]
