INSERT INTO "public"."Order's" ("id", "select", "mood") SELECT s.c0, CASE WHEN char_length(s.c1) > 9 THEN s.c1 || '.' ELSE s.c1 END, (s.c2)::mood FROM pg_temp.s s;
