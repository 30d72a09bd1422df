package dev.telltale.cli;

import dev.telltale.audit.Policies;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Policy;
import dev.telltale.report.PolicyText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "policy",
        description = "What a phone can be held to: the policies there are, and what each asks.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  telltale policy list",
            "  telltale policy show eprivacy-gdpr",
            "  telltale policy show --attributes",
        })
final class PolicyCommand {

    @Command(
            name = "list",
            description = "The policies that come with the product.",
            footer = {"", "Example:", "  telltale policy list"})
    static final class ListThem implements Callable<Integer> {

        private final Console console;

        ListThem(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            List<Policy> all =
                    Policies.names().stream().map(n -> Policies.named(n).orElseThrow()).toList();
            console.print(out -> PolicyText.list(all, out, console.look()));
            return Exit.OK;
        }
    }

    @Command(
            name = "show",
            description = "What a policy asks, rule by rule, with its reasons and sources.",
            footer = {
                "",
                "A file is read like with --policy, so that slips in it are found.",
                "",
                "Examples:",
                "  telltale policy show no-cleartext",
                "  What a file of your own asks:",
                "    telltale policy show ours.yaml",
                "  A policy to start your own from:",
                "    telltale policy show high-security --yaml > ours.yaml",
                "  What conditions may ask of a finding:",
                "    telltale policy show --attributes",
            })
    static final class Show implements Callable<Integer> {

        @Parameters(
                paramLabel = "NAME|FILE",
                arity = "0..1",
                description = "A name from telltale policy list, or a file.")
        private String policy = "";

        @Option(names = "--yaml", description = "As it is written.")
        private boolean yaml;

        @Option(names = "--attributes", description = "What conditions may ask of a finding.")
        private boolean attributes;

        private final Console console;

        Show(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws UnreadableInput {
            if (attributes) {
                List<PolicyText.Attribute> all =
                        Policies.attributes().stream()
                                .map(a -> new PolicyText.Attribute(a.name(), a.about(), a.known()))
                                .toList();
                console.print(out -> PolicyText.attributes(all, out, console.look()));
                return Exit.OK;
            }
            if (policy.isEmpty())
                throw new Refused(
                        "policy show needs a name or a file: "
                                + String.join(", ", Policies.names()));
            if (yaml) {
                if (Policies.named(policy).isEmpty())
                    throw new Refused(
                            "--yaml shows policies that come with the product: "
                                    + String.join(", ", Policies.names()));
                String text = new String(Policies.yaml(policy), StandardCharsets.UTF_8);
                console.print(out -> out.write(text));
                return Exit.OK;
            }
            Policy loaded = Policies.load(policy).policy();
            console.print(out -> PolicyText.show(loaded, out, console.look()));
            return Exit.OK;
        }
    }
}
