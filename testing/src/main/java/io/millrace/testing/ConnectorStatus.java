package io.millrace.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code GET /connectors/NAME/status} says.
 *
 * @param connector RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, RESTARTING, or UNKNOWN when Connect has no status yet
 * @param tasks the states of the tasks
 * @param trace the stack traces of what failed, empty when nothing did
 */
public record ConnectorStatus(String connector, List<String> tasks, String trace) {
    static final ConnectorStatus UNKNOWN = new ConnectorStatus("UNKNOWN", List.of(), "");

    public ConnectorStatus {
        tasks = List.copyOf(tasks);
    }

    static ConnectorStatus of(JsonNode reply) {
        var tasks = new ArrayList<String>();
        var trace = new StringBuilder(reply.path("connector").path("trace").asText(""));
        for (JsonNode task : reply.path("tasks")) {
            tasks.add(task.path("state").asText());
            trace.append(task.path("trace").asText(""));
        }
        return new ConnectorStatus(reply.path("connector").path("state").asText(), tasks, trace.toString());
    }

    public boolean failed() {
        return connector.equals("FAILED") || tasks.contains("FAILED");
    }

    public boolean running(int count) {
        return connector.equals("RUNNING")
                && tasks.size() == count
                && tasks.stream().allMatch("RUNNING"::equals);
    }
}
