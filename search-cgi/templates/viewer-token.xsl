<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- In a frame that nobody sees: what its script says to the page round it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <title>Tefter</title>
        <script src="/static/viewer-token.js" defer="defer"/>
      </head>
      <body data-to="{message/@to}" data-message="{message/@text}"/>
    </html>
  </xsl:template>
</xsl:stylesheet>
