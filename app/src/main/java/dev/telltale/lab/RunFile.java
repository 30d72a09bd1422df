package dev.telltale.lab;

import java.time.Instant;

/** The run file of a lab run: what was done when, and that nobody consented. */
final class RunFile {
    private RunFile() {}

    static String yaml(String run, String about, LabPersona persona, TestPlan plan) {
        StringBuilder out = new StringBuilder();
        about.lines().forEach(line -> out.append("# ").append(line).append('\n'));
        out.append("run: ").append(run).append('\n');
        out.append("device: {brand: Xiaomi, model: ").append(quoted(persona.model()));
        out.append(", build: ").append(quoted(persona.build()));
        out.append(", region: ").append(quoted(persona.region())).append(", unit: simulated}\n");
        out.append("captured: {wifi: full, cellular: none, sms: none, bluetooth: none}\n");
        out.append("clock: {offset_ms: 0, zone: Asia/Kolkata}\n");
        out.append("phases:\n");
        Instant from = plan.start();
        for (TestPlan.Phase phase : plan.phases()) {
            Instant to = from.plus(phase.length());
            out.append("  - name: ").append(phase.name()).append('\n');
            out.append("    from: ").append(from).append('\n');
            out.append("    to: ").append(to).append('\n');
            if (phase.steps().isEmpty()) out.append("    steps: []\n");
            else out.append("    steps:\n");
            for (TestPlan.At at : phase.steps()) {
                out.append("      - {name: ").append(at.step().name());
                out.append(", at: ").append(from.plus(at.offset())).append("}\n");
            }
            from = to;
        }
        out.append("consents: []\n");
        out.append("controls: []\n");
        return out.toString();
    }

    /** A double-quoted YAML scalar (YAML 1.2, section 7.3.1). */
    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
