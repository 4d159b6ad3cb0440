package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Operations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A target that cannot be reached while a partition is new: what was read meanwhile is not lost. */
class UnreachableTargetTest {
    /** Lets the first calls of a method fail. */
    private static Destination failing(Destination destination, String method, int times) {
        return failing(destination, method, 0, times);
    }

    /** Lets calls of a method fail after the first {@code good} ones. */
    private static Destination failing(Destination destination, String method, int good, int times) {
        int[] calls = {0};
        Predicate<Method> fails =
                called -> called.getName().equals(method) && ++calls[0] > good && calls[0] <= good + times;
        return (Destination) Proxy.newProxyInstance(
                Destination.class.getClassLoader(), new Class<?>[] {Destination.class}, (proxy, called, arguments) -> {
                    if (fails.test(called)) {
                        throw new RetriableException("not reachable");
                    }
                    try {
                        Object answer = called.invoke(destination, arguments);
                        return called.getName().equals("operations") ? operations(answer, fails) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Optional<Operations> operations(Object answer, Predicate<Method> fails) {
        Operations real = (Operations) ((Optional<?>) answer).orElseThrow();
        return Optional.of((Operations) Proxy.newProxyInstance(
                Operations.class.getClassLoader(), new Class<?>[] {Operations.class}, (proxy, called, arguments) -> {
                    if (fails.test(called)) {
                        throw new RetriableException("not reachable");
                    }
                    return called.invoke(real, arguments);
                }));
    }

    @ParameterizedTest
    @CsvSource({"claim, 1", "added, 1", "added, 2", "claim, 3"})
    void nothingOfAnUpsertIsLost(String method, int times) {
        FlowHarness harness = new FlowHarness().through(target -> failing(target, method, times));
        TopicLog log = new TopicLog();
        for (int i = 0; i < 20; i++) {
            log.insert(ContractCase.ORDERS, i, "a", "b");
        }
        try (TaskDriver task = harness.task(log, "max.batch.size", "4", "ledger.missing", "group")
                .batch(3)
                .open()) {
            task.drain();
        }
        assertThat(harness.table("shop", "orders")).hasSize(20);
    }

    /** What was delivered while a flush failed is asked for again also when the claim after it fails half way. */
    @Test
    void nothingIsLostWhenOneFailureFollowsAnother() {
        FlowHarness harness = new FlowHarness().through(target -> failing(failing(target, "apply", 1), "added", 1, 1));
        TopicLog log = new TopicLog();
        for (int i = 0; i < 20; i++) {
            log.insert(ContractCase.ORDERS, i, "a", "b").insert(OperatorCases.STOCK, i, "a", "b");
        }
        try (TaskDriver task = harness.task(log, "max.batch.size", "4", "ledger.missing", "group")
                .open()) {
            task.drain();
        }
        assertThat(harness.table("shop", "orders")).hasSize(20);
        assertThat(harness.table("shop", "stock")).hasSize(20);
    }

    /** The claim that finds it out is made while its records are being delivered. */
    @ParameterizedTest
    @CsvSource({"claim, 1", "added, 2"})
    void anAddedPartitionThatWaitsIsNotRead(String method, int times) {
        FlowHarness harness = new FlowHarness();
        TopicLog log = new TopicLog().insert(ContractCase.ORDERS, 1, "a", "b");
        harness.task(log).open().drain().close();
        log.insert(ContractCase.ORDERS, 2, "a", "b")
                .writeTo(ContractCase.ORDERS.topic(), 1)
                .insert(ContractCase.ORDERS, 3, "a", "b")
                .insert(ContractCase.ORDERS, 4, "a", "b");
        harness.through(target -> failing(target, method, times));
        try (TaskDriver task = harness.task(log, "partitions.added", "wait").open()) {
            task.drain();
        }
        assertThat(harness.texts("orders", "id")).containsExactly("1", "2");
        harness.task(log, "partitions.added", "accept").open().drain().close();
        assertThat(harness.texts("orders", "id")).containsExactly("1", "2", "3", "4");
    }

    @ParameterizedTest
    @CsvSource({
        "claim, 1, fail",
        "claim, 1, fail",
        "claim, 3, fail",
        "claim, 3, group",
        "begin, 1, fail",
        "begin, 2, group",
        "evolve, 1, fail",
        "stage, 1, group",
        "apply, 2, fail"
    })
    void nothingIsLost(String method, int times, String missing) {
        FlowHarness harness = new FlowHarness().through(target -> failing(target, method, times));
        TopicLog log = new TopicLog();
        for (int i = 0; i < 20; i++) {
            log.insert(ContractCase.EVENTS, "row " + (10 + i)).insert(ContractCase.ORDERS, i, "a", "b");
        }
        try (TaskDriver task = harness.task(
                        log, "insert.mode", "append", "max.batch.size", "4", "ledger.missing", missing)
                .batch(3)
                .open()) {
            task.drain();
        }
        assertThat(harness.table("shop", "events")).hasSize(20);
        assertThat(harness.table("shop", "orders")).hasSize(20);
        Map<Feed, Claim> ledger = harness.database.ledger;
        assertThat(ledger.values()).extracting(Claim::next).containsExactly(20L, 20L);
    }
}
