INSERT INTO "public"."Order's" ("id", "select", "mood") SELECT s.c0, s.c1, (s.c2)::mood FROM pg_temp.s s;
