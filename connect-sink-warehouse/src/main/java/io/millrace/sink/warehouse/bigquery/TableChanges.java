package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link TablePlan} has decided; what another task has just done is not done again. */
final class TableChanges {
    private final Jobs jobs;
    private final Datasets datasets;
    private final BigQuerySettings settings;
    private final TableShape wanted;
    private final Mappings mappings;
    private @Nullable LiveTable live;

    TableChanges(Jobs jobs, Datasets datasets, BigQuerySettings settings, TableShape wanted, Mappings mappings) {
        this.jobs = jobs;
        this.datasets = datasets;
        this.settings = settings;
        this.wanted = wanted;
        this.mappings = mappings;
    }

    /** The table after {@link #carryOut}. */
    LiveTable live() {
        if (live == null) {
            throw new IllegalStateException("Nothing was carried out");
        }
        return live;
    }

    Evolution carryOut(EvolutionPolicy policy, boolean create) throws JobException {
        List<String> done = new ArrayList<>();
        TablePlan creation = plan().create();
        Optional<LiveTable> found = find();
        if (found.isEmpty()) {
            refuseUnless(create);
            datasets.make(settings.place().dataset(wanted.table()));
            run(creation.ddl(), done);
            found = find();
        }
        LiveTable current = found.orElseThrow(
                () -> new ConnectException("Table " + wanted.table() + " was made and is gone again"));
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = plan().alter(current, policy);
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = find().orElse(current);
            plan().alter(current, policy);
        }
        live = current;
        return new Evolution(done, plan.ignored(), plan.doubts());
    }

    /** What {@link #carryOut} would do. */
    Evolution planned(EvolutionPolicy policy, boolean create) throws JobException {
        TablePlan plan = plan();
        Optional<LiveTable> found = find();
        if (found.isPresent()) {
            plan.alter(found.orElseThrow(), policy);
            return new Evolution(plan.ddl(), plan.ignored(), plan.doubts());
        }
        refuseUnless(create);
        List<String> ddl = new ArrayList<>();
        String dataset = settings.place().dataset(wanted.table());
        if (!datasets.exists(dataset)) {
            ddl.add(Datasets.create(settings, dataset));
        }
        ddl.addAll(plan.create().ddl());
        return new Evolution(ddl, plan.ignored(), plan.doubts());
    }

    private TablePlan plan() {
        return new TablePlan(wanted, mappings, settings);
    }

    private Optional<LiveTable> find() throws JobException {
        return Catalog.find(jobs.client(), settings.place().api(wanted.table()));
    }

    private void refuseUnless(boolean create) {
        if (!create) {
            throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
        }
    }

    private void run(List<String> ddl, List<String> done) throws JobException {
        for (String each : ddl) {
            jobs.run(each);
            done.add(each);
        }
    }
}
