package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.MirroredTable;
import io.millrace.quickstart.database.Relation;
import io.millrace.quickstart.database.SourceCheck;
import io.millrace.quickstart.database.TargetCheck;
import io.millrace.quickstart.proof.Proof;
import io.millrace.quickstart.screen.Figures;
import io.millrace.quickstart.screen.Screen;
import io.millrace.quickstart.shop.DelayProbe;
import io.millrace.quickstart.shop.Shop;
import io.millrace.quickstart.shop.Traffic;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The show from start to proof: each method is one of its steps. */
final class Quickstart {
    private final Options options;
    private final Screen screen;

    Quickstart(Options options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /** True when source and target ended equal. */
    boolean run() throws InterruptedException {
        List<Relation> tables = check();
        screen.step("Starting " + started());
        try (Servers servers = Servers.start(options)) {
            Mirror mirror = options.byQuery()
                    ? Mirror.byQuery(
                            servers.worker(),
                            servers.source(),
                            servers.target().sink(),
                            new Shop(options.rows()).tables())
                    : new Mirror(
                            servers.worker(), servers.source(), servers.target().sink(), tables);
            try {
                return show(servers, mirror, tables);
            } finally {
                clean(servers, mirror);
            }
        }
    }

    /** Looks at the user's databases, if any, before anything is started. */
    private List<Relation> check() {
        List<Relation> tables = List.of();
        if (options.source() != null) {
            Example example = Example.read(Mirror.SOURCE_FILE);
            var found =
                    new SourceCheck(options.source(), example.get("slot.name"), example.get("publication.name")).run();
            found.without().forEach(table -> screen.line("Leaving out " + table + ": it has no primary key"));
            tables = found.keyed();
        }
        if (options.target() != null) {
            new TargetCheck(options.target(), options.source())
                    .run(options.source() == null ? new Shop(options.rows()).tables() : tables);
        }
        return tables;
    }

    /** Leaves the user's databases as they were, but for the copied tables. */
    private void clean(Servers servers, Mirror mirror) {
        // An interrupt has been heard; what follows has to end its work.
        boolean interrupted = Thread.interrupted();
        servers.worker().close();
        if (options.source() != null) {
            mirror.cleanSource();
        }
        if (options.target() != null) {
            new TargetCheck(options.target(), options.source())
                    .forget(mirror.sink().name());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String started() {
        List<String> parts = new ArrayList<>();
        if (options.source() == null) {
            parts.add("a Postgres to copy from");
        }
        String target = Target.started(options.into());
        if (!target.isEmpty()) {
            parts.add(target);
        }
        parts.add("a Kafka broker and a Connect worker with the plugins");
        return String.join(", ", parts);
    }

    private boolean show(Servers servers, Mirror mirror, List<Relation> tables) throws InterruptedException {
        Shop shop = new Shop(options.rows());
        if (options.source() == null) {
            generate(shop, servers.source());
        }
        DatabaseAddress target = servers.target().postgres();
        if (target != null) {
            new TargetCheck(target, servers.source()).createSchemas(tables);
        }
        submit(servers, mirror);
        Killer killer = new Killer(servers.worker(), options.kill());
        try (CopyProgress progress = new CopyProgress(
                servers.broker().bootstrapServers(), mirror.sink().name())) {
            List<Relation> mirrored = options.source() == null
                    ? mirrorShop(servers, mirror, shop, progress, killer)
                    : names(copy(mirror, progress, killer));
            boolean equal = prove(servers, mirror, mirrored, progress);
            lookAround(servers, mirror);
            if (!options.exit()) {
                screen.line("Everything stays up until you press Ctrl-C.");
                while (true) {
                    Thread.sleep(5_000);
                    mirror.check();
                }
            }
            return equal;
        }
    }

    private void generate(Shop shop, DatabaseAddress source) {
        screen.step("Generating " + Figures.count(shop.rows()) + " rows in the source");
        try {
            shop.create(
                    source,
                    (table, done) -> screen.block(
                            List.of("  " + Figures.count(done) + " rows (" + table + ")"), done == shop.rows()));
        } catch (SQLException e) {
            throw new IllegalStateException("Generating the source failed: " + e.getMessage(), e);
        }
    }

    private void submit(Servers servers, Mirror mirror) {
        screen.step("Submitting the connectors");
        screen.line("  PUT " + servers.worker().url() + "/connectors/"
                + mirror.source().name() + "/config  from config-examples/confluent/"
                + Mirror.sourceFile(options.byQuery()));
        screen.line("  PUT " + servers.worker().url() + "/connectors/"
                + mirror.sink().name() + "/config  from config-examples/confluent/"
                + servers.target().file());
        mirror.submit();
    }

    private List<Relation> mirrorShop(Servers servers, Mirror mirror, Shop shop, CopyProgress progress, Killer killer)
            throws InterruptedException {
        List<MirroredTable> tables;
        try (DelayProbe probe = new DelayProbe(servers.target().postgres());
                Traffic traffic = new Traffic(servers.source(), shop, options.byQuery(), probe::committed)) {
            // With kills the changes run during the copy too: that is what is being shown then.
            if (options.kill() > 0) {
                traffic.start();
            }
            tables = copy(mirror, progress, killer);
            screen.step("Live inserts, updates and deletes");
            if (options.kill() == 0) {
                traffic.start();
            }
            probe.start();
            new Live(mirror, screen, killer, traffic, probe).run(options.seconds());
        }
        return names(tables);
    }

    private List<MirroredTable> copy(Mirror mirror, CopyProgress progress, Killer killer) throws InterruptedException {
        screen.step("Copying (= in the target, - in Kafka)");
        return new Copy(mirror, progress, screen, killer).watch();
    }

    private static List<Relation> names(List<MirroredTable> tables) {
        return tables.stream().map(MirroredTable::relation).toList();
    }

    private boolean prove(Servers servers, Mirror mirror, List<Relation> tables, CopyProgress progress)
            throws InterruptedException {
        screen.step("Proof: rows and checksums, computed in both databases");
        var results = new Verification(servers.target().comparison(servers.source()), mirror, progress).run(tables);
        int width = results.stream()
                .mapToInt(result -> result.table().toString().length())
                .max()
                .orElse(0);
        screen.line(String.format("  %-" + width + "s %12s %12s  %20s", "table", "source", "target", "checksum"));
        results.forEach(result -> screen.line(result.text(width)));
        boolean equal = results.stream().allMatch(Proof.Result::equal);
        screen.line(equal ? "Source and target are equal." : "SOURCE AND TARGET ARE NOT EQUAL.");
        return equal;
    }

    private void lookAround(Servers servers, Mirror mirror) {
        screen.step("To look around");
        screen.line("  Connect REST  curl " + servers.worker().url() + "/connectors/"
                + mirror.source().name() + "/status");
        screen.line("  Kafka         " + servers.broker().bootstrapServers());
        screen.line("  source        " + Servers.login(servers.source(), options.source() != null));
        screen.line("  target        " + servers.target().look());
    }
}
