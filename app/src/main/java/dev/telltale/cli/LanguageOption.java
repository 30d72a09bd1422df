package dev.telltale.cli;

import dev.telltale.report.Words;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** In which language reports for people are written; what programs read is the same in all. */
final class LanguageOption {

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            defaultValue = "en",
            description =
                    "Language of the reports for people: en or de. Default: ${DEFAULT-VALUE}.")
    private String language = "";

    Locale locale() {
        return Words.LANGUAGES.stream()
                .filter(l -> l.getLanguage().equals(language))
                .findFirst()
                .orElseThrow(() ->
                        new Refused(
                                "unknown language '"
                                        + language
                                        + "'; known: "
                                        + Words.LANGUAGES.stream()
                                                .map(Locale::getLanguage)
                                                .collect(Collectors.joining(", "))));
    }
}
