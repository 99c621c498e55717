<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n circuit(s)</source>
        <translation>
            <numerusform>%n circuit</numerusform>
            <numerusform>%n circuits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) to install</source>
        <translation>
            <numerusform>%n item to install</numerusform>
            <numerusform>%n items to install</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Proving %n circuit(s)</source>
        <translation>
            <numerusform>Proving %n circuit</numerusform>
            <numerusform>Proving %n circuits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CrashWindow</name>
    <message numerus="yes">
        <source>! %n more since; see the log</source>
        <translation>
            <numerusform>! %n more since; see the log</numerusform>
            <numerusform>! %n more since; see the log</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DeleteRuns</name>
    <message numerus="yes">
        <source>Selected: %Ln run(s)</source>
        <translation>
            <numerusform>Selected: %Ln run</numerusform>
            <numerusform>Selected: %Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All shown: %Ln run(s)</source>
        <translation>
            <numerusform>All shown: %Ln run</numerusform>
            <numerusform>All shown: %Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All: %Ln run(s)</source>
        <translation>
            <numerusform>All: %Ln run</numerusform>
            <numerusform>All: %Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s)?</source>
        <translation>
            <numerusform>Delete %Ln run?</numerusform>
            <numerusform>Delete %Ln runs?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DiagnosticsDialog</name>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>%n event</numerusform>
            <numerusform>%n events</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SiteRow</name>
    <message numerus="yes">
        <source>%Ln proof(s)</source>
        <translation>
            <numerusform>%Ln proof</numerusform>
            <numerusform>%Ln proofs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SitesPage</name>
    <message numerus="yes">
        <source>%Ln website(s)</source>
        <translation>
            <numerusform>%Ln website</numerusform>
            <numerusform>%Ln websites</numerusform>
        </translation>
    </message>
</context>
</TS>
