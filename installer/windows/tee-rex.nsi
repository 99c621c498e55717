; The installer for Windows, for one user, without an administrator. Made by installer.sh, which defines
;   VERSION, FOLDER (the frozen app), UNINSTALL (commands that remove it), ICON, OUTPUT
!include "LogicLib.nsh"
Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
Name "TEE-Rex"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\TEE-Rex"
InstallDirRegKey HKCU "Software\TEE-Rex" "InstallDir"
Icon "${ICON}"
UninstallIcon "${ICON}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "TEE-Rex"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "TEE-Rex installer"
VIAddVersionKey "LegalCopyright" "AGPL-3.0-or-later"

!define REMEMBERED "Software\Microsoft\Windows\CurrentVersion\Uninstall\TEE-Rex"

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
    ; An older version first: its uninstaller knows what it wrote. _?= makes it run in place, so that we wait.
    ReadRegStr $0 HKCU "Software\TEE-Rex" "InstallDir"
    ${If} $0 != ""
    ${AndIf} ${FileExists} "$0\uninstall.exe"
        ExecWait '"$0\uninstall.exe" /S _?=$0' $1
        ${If} $1 != 0
            MessageBox MB_ICONSTOP "Close TEE-Rex, then try again." /SD IDOK
            SetErrorLevel 1
            Quit
        ${EndIf}
    ${EndIf}

    SetOutPath "$INSTDIR"
    File /r "${FOLDER}/*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\TEE-Rex.lnk" "$INSTDIR\tee-rex-app.exe"
    WriteRegStr HKCU "Software\TEE-Rex" "InstallDir" "$INSTDIR"
    WriteRegStr HKCU "${REMEMBERED}" "DisplayName" "TEE-Rex"
    WriteRegStr HKCU "${REMEMBERED}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${REMEMBERED}" "DisplayIcon" "$INSTDIR\tee-rex-app.exe"
    WriteRegStr HKCU "${REMEMBERED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${REMEMBERED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${REMEMBERED}" "NoModify" 1
    WriteRegDWORD HKCU "${REMEMBERED}" "NoRepair" 1
SectionEnd

; Settings, history and keys of the user are in another folder, and stay.
Section "Uninstall"
    ClearErrors
    Delete "$INSTDIR\tee-rex-app.exe"
    ${If} ${Errors}
        SetErrorLevel 1 ; it runs
        Quit
    ${EndIf}
    !include "${UNINSTALL}"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\TEE-Rex.lnk"
    DeleteRegKey HKCU "${REMEMBERED}"
    DeleteRegKey HKCU "Software\TEE-Rex"
SectionEnd
