package io.millrace.testing.bigquery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What the service answers, as JSON. */
final class Answers {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Answers() {}

    /** As {@code jobs.list} answers for what a script has run. */
    static ObjectNode children(String project, String parent, Script script) {
        ObjectNode list = JSON.objectNode().put("kind", "bigquery#jobList");
        ArrayNode all = list.putArray("jobs");
        for (Script.Done done : script.done()) {
            ObjectNode request = JSON.objectNode();
            request.putObject("configuration").putObject("query").put("query", "");
            ObjectNode child = job(project, parent + "_" + all.size(), request);
            done(child, null);
            ObjectNode statistics = ((ObjectNode) child.get("statistics")).putObject("query");
            statistics.put("statementType", done.type());
            statistics
                    .putObject("dmlStats")
                    .put("insertedRowCount", String.valueOf(done.inserted()))
                    .put("updatedRowCount", String.valueOf(done.updated()))
                    .put("deletedRowCount", String.valueOf(done.deleted()));
            all.add(child);
        }
        return list;
    }

    /** As {@code jobs.get} answers. */
    static ObjectNode job(String project, String id, ObjectNode request) {
        ObjectNode job = JSON.objectNode().put("kind", "bigquery#job").put("id", project + ":US." + id);
        job.putObject("jobReference").put("projectId", project).put("jobId", id).put("location", "US");
        job.set("configuration", request.get("configuration").deepCopy());
        job.putObject("status").put("state", "RUNNING");
        job.putObject("statistics").put("creationTime", "1").put("startTime", "1");
        return job;
    }

    static void done(ObjectNode job, Script.@Nullable Refused error) {
        ObjectNode status = ((ObjectNode) job.get("status")).put("state", "DONE");
        if (error != null) {
            ObjectNode result = status.putObject("errorResult").put("reason", error.reason());
            result.put("message", error.getMessage());
            status.putArray("errors").add(result.deepCopy());
        }
        ((ObjectNode) job.get("statistics")).put("endTime", "2");
    }

    static ObjectNode error(int status, String reason, String message) {
        ObjectNode json = JSON.objectNode();
        ObjectNode error = json.putObject("error").put("code", status).put("message", message);
        error.putArray("errors").addObject().put("reason", reason).put("message", message);
        return json;
    }
}
