package io.millrace.source;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
            .whereLayer("snapshot")
            .mayOnlyBeAccessedByLayers("task")
            .whereLayer("stream")
            .mayOnlyBeAccessedByLayers("task")
            .whereLayer("record")
            .mayOnlyBeAccessedByLayers("task", "snapshot", "stream")
            .whereLayer("batch")
            .mayOnlyBeAccessedByLayers("task", "snapshot", "stream")
            .whereLayer("codec")
            .mayOnlyBeAccessedByLayers("task", "record");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.millrace.source.(*)..").should().beFreeOfCycles();
}
