CREATE TABLE IF NOT EXISTS "public"."Order's" (
  "id" int4 NOT NULL,
  "select" text,
  "required" boolean NOT NULL,
  "gone" boolean NOT NULL DEFAULT false,
  "gone_at" timestamptz,
  "synced_at" timestamptz,
  PRIMARY KEY ("id")
);
