package io.millrace.source;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** A row goes one way through the packages: catalog and codec, record, then the stages, then the task. */
@AnalyzeClasses(packages = "io.millrace.source", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule STAGES_DO_NOT_KNOW_EACH_OTHER = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("task")
            .definedBy("io.millrace.source")
            .layer("snapshot")
            .definedBy("io.millrace.source.snapshot..")
            .layer("stream")
            .definedBy("io.millrace.source.stream..")
            .layer("window")
            .definedBy("io.millrace.source.window..")
            .layer("signal")
            .definedBy("io.millrace.source.signal..")
            .layer("query")
            .definedBy("io.millrace.source.query..")
            .layer("record")
            .definedBy("io.millrace.source.record..")
            .layer("batch")
            .definedBy("io.millrace.source.batch..")
            .layer("codec")
            .definedBy("io.millrace.source.codec..")
            .layer("catalog")
            .definedBy("io.millrace.source.catalog..")
            .layer("position")
            .definedBy("io.millrace.source.position..")
            .whereLayer("task")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("query")
            .mayOnlyBeAccessedByLayers("task")
            .whereLayer("window")
            .mayOnlyBeAccessedByLayers("task")
            .whereLayer("signal")
            .mayOnlyBeAccessedByLayers("task", "window")
            .whereLayer("snapshot")
            .mayOnlyBeAccessedByLayers("task", "window", "query")
            .whereLayer("stream")
            .mayOnlyBeAccessedByLayers("task", "window")
            .whereLayer("record")
            .mayOnlyBeAccessedByLayers("task", "snapshot", "stream", "window", "query")
            .whereLayer("batch")
            .mayOnlyBeAccessedByLayers("task", "snapshot", "stream", "window", "query")
            .whereLayer("codec")
            .mayOnlyBeAccessedByLayers("task", "record", "query");

    /** Clocks jump: what they say goes into records and offsets as a time, and decides nothing. */
    @ArchTest
    static final ArchRule INTERVALS_ARE_NOT_MEASURED_BY_THE_WALL_CLOCK = noClasses()
            .that()
            .resideInAnyPackage("io.millrace.source.stream..", "io.millrace.source.position..", "..source.batch..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.millrace.source.(*)..").should().beFreeOfCycles();
}
